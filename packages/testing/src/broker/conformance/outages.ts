import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, Position } from '@ticketing/common';
import { waitFor } from '../../wait-for';
import {
  type Case,
  type ConformanceBench,
  IN_TIME,
  isConnected,
  Member,
  numbers,
  positionOf,
  publishAll,
  publishUntilStored,
} from './bench';
import { type EngineServer, QUICK } from './engine';

/** Publishes what is lost when the subscription does not come back, and waits for it. */
async function goesOn(broker: Broker, { channel }: ConformanceBench, member: Member, before: readonly string[]) {
  await isConnected(broker);
  await publishUntilStored(broker, channel, '1000');
  await member.has([...before, '1000']);
}

async function positions(broker: Broker, channel: string): Promise<Position[]> {
  const found: Position[] = [];
  for await (const message of broker.readAll(channel)) found.push(positionOf(message));
  return found;
}

/** A broker that goes away in one of four ways, and comes back: subscriptions resume by themselves. */
export function outageCases(test: Case): void {
  const outage = (
    name: string,
    happen: (at: {
      server: EngineServer;
      proxy: Awaited<ReturnType<ConformanceBench['proxy']>>;
      broker: Broker;
    }) => Promise<void>,
  ) =>
    test(`a broker that ${name} and comes back: nothing that was acked is lost, and subscriptions resume`, async (bench) => {
      const { channel, group } = bench;
      const server = await bench.server();
      const proxy = await bench.proxy(server.url);
      const broker = await bench.connected(proxy.url, QUICK);
      let connections = 0;
      broker.onConnected(() => (connections += 1));
      const member = new Member(broker, channel, { group, ackWaitMs: 1_000 }, (message) => {
        if (message.payload !== '3' || connections > 0) message.ack(); // in hand when it goes away
      });
      const other = new Member(broker, `${channel}-other`, { group, ackWaitMs: 1_000 });
      await publishAll(broker, channel, numbers(1, 10));
      await member.has(numbers(1, 10));
      await happen({ server, proxy, broker });
      await goesOn(broker, bench, member, numbers(1, 10));
      await publishUntilStored(broker, `${channel}-other`, '1');
      await other.has(['1']);
      expect(broker.downSince()).toBeUndefined();
      expect((await positions(broker, channel)).length).toBeGreaterThanOrEqual(11);
      expect(await broker.lossSince(channel, undefined)).toBeUndefined();
    });

  const isNoticed = (broker: Broker) =>
    waitFor(() => !broker.isConnected(), { ...IN_TIME, what: 'the outage to be noticed' });

  outage('is killed', async ({ server, broker }) => {
    await server.down();
    await isNoticed(broker);
    await server.up();
  });

  outage('is paused', async ({ server, broker }) => {
    await server.signal('SIGSTOP');
    await isNoticed(broker);
    await server.signal('SIGCONT');
  });

  outage('is cut off', async ({ proxy, broker }) => {
    proxy.refuse = true;
    proxy.cut();
    await isNoticed(broker);
    await sleep(1_000);
    proxy.refuse = false;
  });

  test('messages consumed before the broker is there come when it is', async (bench) => {
    const { channel, group } = bench;
    const server = await bench.server();
    await server.down();
    const broker = bench.broker(server.url, QUICK);
    const member = new Member(broker, channel, { group });
    await server.up();
    await publishUntilStored(broker, channel, '1');
    await Promise.all([member.subscription.ready, member.has(['1'])]);
    await publishUntilStored(broker, channel, '2');
    await member.has(['2']);
    expect(member.payloads).toEqual(['1', '2']);
  });

  test('a broker that loses its store: subscriptions resume, and the loss is reported', async (bench) => {
    const { channel, group } = bench;
    const server = await bench.server();
    const broker = await bench.connected(server.url, QUICK);
    const member = new Member(broker, channel, { group, ackWaitMs: 1_000 });
    await publishAll(broker, channel, numbers(1, 10));
    await member.has(numbers(1, 10));
    const reached = (await positions(broker, channel)).at(-1);
    await server.down();
    await server.loseData();
    await server.up();
    await goesOn(broker, bench, member, []);
    expect(await broker.lossSince(channel, reached)).toMatchObject({ kind: 'new-store' });
    await publishAll(broker, channel, numbers(1, 15)); // it has more than the lost one had
    const [offered] = (await positions(broker, channel)) as [Position];
    expect(broker.lossBetween(reached, offered)).toMatchObject({ kind: 'new-store' });
    expect(await broker.lossSince(channel, offered)).toBeUndefined();
    const all = await positions(broker, channel);
    let after = 0;
    for await (const { sequence } of broker.readAll(channel, { after: reached })) {
      expect(sequence).toBe(all[after]?.sequence);
      after += 1;
    }
    expect(after).toBe(all.length);
  });

  test('messages that its limits dropped before a group had them are reported, by number; messages that it had are no loss', async (bench) => {
    const { channel } = bench;
    const server = await bench.server({ messages: 10 });
    const broker = await bench.connected(server.url);
    for (const payload of numbers(1, 5)) await broker.publish(channel, payload);
    const first = await positions(broker, channel);
    for (const payload of numbers(6, 25)) await broker.publish(channel, payload);
    const held = await positions(broker, channel);
    expect(held).toHaveLength(10);
    const [beforeAll, last] = [first.at(-1), held.at(-1)];
    const [from, to] = [(beforeAll?.sequence ?? 0) + 1, (held[0]?.sequence ?? 0) - 1];
    expect(await broker.lossSince(channel, beforeAll)).toMatchObject({ kind: 'lost', from, to });
    expect(await broker.lossSince(channel, undefined)).toMatchObject({ kind: 'lost' });
    expect(await broker.lossSince(channel, last)).toBeUndefined();
    expect(await broker.lossSince(channel, held[0])).toBeUndefined();
  });
}
