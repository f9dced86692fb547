import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, Position } from '@ticketing/common';
import { waitFor } from '../../wait-for';
import {
  type Case,
  hasBegun,
  IN_TIME,
  isConnected,
  Member,
  numbers,
  positionOf,
  publishAll,
  publishUntilStored,
} from './bench';
import { QUICK } from './engine';

async function read(broker: Broker, channel: string, after?: Position): Promise<string[]> {
  const payloads: string[] = [];
  for await (const { payload } of broker.readAll(channel, { after })) payloads.push(payload);
  return payloads;
}

const silence = (asked: Promise<unknown>) => expect(asked).rejects.toMatchObject({ name: 'NoAnswerError' });

/** Reading a channel as nobody's group. */
export function readingCases(test: Case): void {
  test('readAll has each message once, in order, ends, and takes none from a group', async (bench) => {
    const { channel, group } = bench;
    const broker = await bench.connected();
    const held = new Member(broker, channel, { group, ackWaitMs: 600_000, maxInFlight: 1 }, () => undefined);
    await hasBegun(broker, held);
    for (let from = 1; from < 700; from += 100) await publishAll(broker, channel, numbers(from, from + 99));
    const places: Position[] = [];
    const payloads: string[] = [];
    for await (const { payload, sequence, storedAt } of broker.readAll(channel)) {
      if (payloads.length === 0) await publishAll(broker, channel, ['later']); // it need not be read
      payloads.push(payload);
      places.push({ sequence, storedAt });
    }
    expect(payloads.slice(0, 700).sort((a, b) => Number(a) - Number(b))).toEqual(numbers(1, 700));
    expect(new Set(payloads).size).toBe(payloads.length);
    const inOrder = places.every(({ sequence, storedAt }, index) => {
      const before = places[index - 1];
      return !before || (sequence > before.sequence && storedAt >= before.storedAt);
    });
    expect(inOrder).toBe(true);
    expect(held.got).toHaveLength(1);
    await held.subscription.close();
    const next = new Member(broker, channel, { group, ackWaitMs: 1_000, maxInFlight: 1_000 });
    await next.has([...numbers(1, 700), 'later']);
  });

  test('readAll after a position has the messages that follow, even if there are none', async (bench) => {
    const { channel } = bench;
    const broker = await bench.connected();
    for (const payload of numbers(1, 5)) await broker.publish(channel, payload);
    const positions: Position[] = [];
    for await (const message of broker.readAll(channel)) positions.push(message);
    expect(await read(broker, channel, positions[2])).toEqual(['4', '5']);
    expect(await read(broker, channel, positions[4])).toEqual([]);
    await broker.publish(channel, '6');
    expect(await read(broker, channel, positions[4])).toEqual(['6']);
  });

  test('messages of any aggregate, or of none, are one channel, and not of another one', async (bench) => {
    const [channel, other] = [`${bench.channel}:made`, `${bench.channel}:changed`];
    const broker = await bench.connected();
    const ids = [undefined, ...['_', '*', '>', 'x.y', 'a:b', 'a b', '%', 'ä😀', 'made', 'a'.repeat(200)]];
    const has = new Member(broker, channel, { group: bench.group });
    await Promise.all(ids.map((aggregate) => broker.publish(other, '0', { aggregate })));
    for (const [index, aggregate] of ids.entries()) await broker.publish(channel, `${index + 1}`, { aggregate });
    const payloads = numbers(1, ids.length);
    await has.has(payloads);
    expect([has.payloads, await read(broker, channel)]).toEqual([payloads, payloads]);
    expect(await broker.extent(channel)).toMatchObject({ held: ids.length });
    expect(await broker.lossSince(channel, has.got[0])).toBeUndefined();
  });

  test('an empty channel is empty, and one that is not has an extent', async (bench) => {
    const { channel } = bench;
    const broker = await bench.connected();
    expect([await broker.extent(channel), await read(broker, channel)]).toEqual(['empty', []]);
    expect(await broker.lossSince(channel, undefined)).toBeUndefined();
    for (const payload of numbers(1, 3)) await broker.publish(channel, payload);
    const positions: Position[] = [];
    for await (const message of broker.readAll(channel)) positions.push(positionOf(message));
    expect(await broker.extent(channel)).toMatchObject({ first: positions[0], last: positions[2], held: 3 });
    expect(await broker.lossSince(channel, positions[0])).toBeUndefined();
    expect(broker.lossBetween(positions[0], positions[1] as Position)).toBeUndefined();
  });

  test('a silent broker is not an empty one: every request throws within its bound', async (bench) => {
    const { channel } = bench;
    const proxy = await bench.proxy();
    const broker = await bench.connected(proxy.url, { timeoutMs: 1_000 });
    await publishUntilStored(broker, channel, '1');
    const asked = [
      () => broker.extent(channel),
      () => read(broker, channel),
      () => broker.lossSince(channel, undefined),
      () => broker.forgetGroup(channel, bench.group),
    ];
    for (const ask of asked) {
      await isConnected(broker);
      await waitFor(() => broker.extent(channel), { ...IN_TIME, what: 'an answer' }); // it is really there
      proxy.swallowReplies = true;
      await silence(ask());
      proxy.swallowReplies = false;
    }
  });

  test('a reading whose connection is cut throws, and can start again', async (bench) => {
    const { channel } = bench;
    const proxy = await bench.proxy();
    const broker = await bench.connected(proxy.url, { ...QUICK, ...IN_TIME }); // a hundred at once: under load the last acks come late
    for (let from = 1; from < 600; from += 100) await publishAll(broker, channel, numbers(from, from + 99));
    const had: string[] = [];
    const reading = (async () => {
      for await (const { payload } of broker.readAll(channel)) {
        had.push(payload);
        if (had.length > 1) continue;
        proxy.refuse = true;
        proxy.cut();
        await sleep(500);
      }
    })();
    await expect(reading).rejects.toMatchObject({ name: 'NotConnectedError' });
    await expect(broker.extent(channel)).rejects.toThrow();
    proxy.refuse = false;
    await isConnected(broker);
    expect(await read(broker, channel)).toHaveLength(600);
  });
}
