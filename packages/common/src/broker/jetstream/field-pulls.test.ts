import { setTimeout as sleep } from 'node:timers/promises';
import type { Restartable } from '@ticketing/servers';
import { asOperator, QUICK, waitFor } from '@ticketing/testing';
import { PULL } from '../../runtime/policies';
import { type Field, IN_TIME, inField, member, numbers, publishUntilStored } from './field.test.helper';
import { consumerOf, STREAM } from './names';

jest.setTimeout(180_000);
jest.replaceProperty<{ answerMs: number }, 'answerMs'>(PULL, 'answerMs', 20_000); // for all tests, which run side by side

type Fault = (at: { server: Restartable; proxy: Awaited<ReturnType<Field['proxy']>> }) => Promise<void>;
const faults: Record<string, Fault> = {
  'a cut': ({ proxy }) => Promise.resolve(proxy.cut()),
  'a silent cut': async ({ proxy }) => {
    proxy.swallowReplies = true;
    await sleep(4_000);
    proxy.swallowReplies = false;
  },
  'a pause of the server': async ({ server }) => {
    await server.signal('SIGSTOP');
    await sleep(4_000);
    await server.signal('SIGCONT');
  },
};

describe.each(Object.entries(faults))('after %s', (_, fault) => {
  test.concurrent.each([
    ['that waits', 64],
    ['that is full', 2],
  ])('a member %s gets the next message', (__, maxInFlight) =>
    inField(async (field) => {
      const server = await field.server();
      const proxy = await field.proxy(server.url);
      const direct = await field.connected(server.url);
      const broker = await field.connected(proxy.url, { ...QUICK, timeoutMs: 2_000 });
      const held: (() => void)[] = [];
      let isFaulty = true;
      const { has } = member(broker, field, { maxInFlight, ackWaitMs: 5_000 }, (message) => {
        if (isFaulty) held.push(() => message.ack());
        else message.ack();
      });
      for (const payload of numbers(1, 2)) await publishUntilStored(direct, field.channel, payload);
      await has(['1', '2']);
      await fault({ server, proxy });
      isFaulty = false;
      for (const ack of held) ack();
      await publishUntilStored(direct, field.channel, '3');
      await has(['3']);
    })(),
  );
});

test.concurrent(
  'a request whose answer was lost is asked again, although the connection is there',
  inField(async (field) => {
    const server = await field.server();
    const proxy = await field.proxyUntilPing(server.url);
    const direct = await field.connected(server.url);
    const broker = await field.connected(proxy.url, { pingIntervalMs: 120_000 });
    let connections = 0;
    broker.onConnected(() => (connections += 1));
    const { subscription, has } = member(broker, field, { maxInFlight: 1, ackWaitMs: 2_000 });
    await subscription.ready;
    proxy.swallowReplies = true;
    await publishUntilStored(direct, field.channel, '1'); // the server has delivered it now, and waits for more requests
    await has(['1']);
    expect(connections).toBe(0);
  }),
);

test.concurrent(
  'a member that is full of messages that it does not ack gets them again after the ack wait',
  inField(async (field) => {
    const server = await field.server();
    const broker = await field.connected(server.url);
    const { got, has } = member(broker, field, { maxInFlight: 2, ackWaitMs: 1_000 }, (message) => {
      if (got.length > 4) message.ack();
    });
    for (const payload of numbers(1, 6)) await publishUntilStored(broker, field.channel, payload);
    await has(numbers(1, 6));
  }),
);

test.concurrent(
  'a member that acks nothing holds what it has, and the others get everything else',
  inField(async (field) => {
    const server = await field.server();
    const [bad, good] = [await field.connected(server.url), await field.connected(server.url)];
    // More than the 1,000 unacked messages after which a consumer stops by default.
    const hoarder = member(bad, field, { maxInFlight: 2_000, ackWaitMs: 600_000 }, () => undefined);
    await hoarder.subscription.ready;
    const first = numbers(1, 1_500);
    await Promise.all(first.map((payload) => publishUntilStored(bad, field.channel, payload)));
    await waitFor(() => hoarder.got.length >= 1_500, { ...IN_TIME, what: 'the hoard' });
    const worker = member(good, field);
    await worker.subscription.ready;
    const second = numbers(2_001, 2_600);
    await Promise.all(second.map((payload) => publishUntilStored(good, field.channel, payload)));
    await waitFor(() => worker.got.length + hoarder.got.length >= 2_100, { ...IN_TIME, what: 'everything' });
    expect(worker.got.length).toBeGreaterThan(0);
  }),
);

test.concurrent(
  'a lost connection brings nothing to others before the ack wait; an end does at once',
  inField(async (field) => {
    const server = await field.server();
    const proxy = await field.proxy(server.url);
    const publisher = await field.connected(server.url);
    const leaver = member(await field.connected(proxy.url), field, { ackWaitMs: 6_000 }, () => undefined);
    const began = performance.now();
    await publishUntilStored(publisher, field.channel, 'cut');
    await leaver.has(['cut']);
    proxy.refuse = true;
    proxy.cut();
    const heir = member(publisher, field, { ackWaitMs: 6_000 });
    await heir.has(['cut']);
    expect(performance.now() - began).toBeGreaterThan(5_500);

    const other = { ...field, channel: `${field.channel}-2` } as Field;
    const closer = member(publisher, other, { ackWaitMs: 600_000 }, () => undefined);
    await publishUntilStored(publisher, other.channel, 'given');
    await closer.has(['given']);
    const next = member(await field.connected(server.url), other, { ackWaitMs: 600_000 });
    await next.subscription.ready;
    await closer.subscription.close();
    await next.has(['given']); // ten times sooner than the ack wait
  }),
);

test.concurrent(
  'late acks count, and messages that waited longer than the ack wait are not lost',
  inField(async (field) => {
    const { channel, group } = field;
    const server = await field.server();
    const broker = await field.connected(server.url);
    const slow = member(broker, field, { ackWaitMs: 1_000, maxInFlight: 10 }, (message) => {
      setTimeout(() => message.ack(), 2_500);
    });
    const payloads = numbers(1, 30);
    for (const payload of payloads) await publishUntilStored(broker, channel, payload);
    await slow.has(payloads);
    await waitFor(
      () =>
        asOperator(server.url, async ({ consumers }) => {
          const info = await consumers.info(STREAM, consumerOf(channel, group));
          return info.num_ack_pending === 0 && info.num_pending === 0;
        }),
      { ...IN_TIME, everyMs: 200, what: 'all to be acked' },
    );
  }),
);

test.concurrent(
  'the consumer of a group that somebody deletes is made again, and that is said',
  inField(async (field) => {
    const { channel, group } = field;
    const server = await field.server();
    const broker = await field.connected(server.url);
    const { got, has } = member(broker, field);
    await publishUntilStored(broker, channel, '1');
    await has(['1']);
    await asOperator(server.url, ({ consumers }) => consumers.delete(STREAM, consumerOf(channel, group)));
    await publishUntilStored(broker, channel, '2');
    await has(['2']);
    await waitFor(() => got.filter(({ payload }) => payload === '1').length > 1, IN_TIME); // from the first one on
    expect(field.lines.filter(({ level }) => level >= 50).map(({ msg }) => msg)).toEqual([
      'the consumer of a group was gone: it starts again',
    ]);
  }),
);
