import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerInfo } from '@nats-io/jetstream';
import { createInbox, nanos } from '@nats-io/transport-node';
import { asOperator, waitFor } from '@ticketing/testing';
import { PULL } from '../../runtime/policies';
import { asClient, type Field, IN_TIME, inField, member, numbers, publishUntilStored } from './field.test.helper';
import { consumerOf, STREAM } from './names';

jest.setTimeout(180_000);
jest.replaceProperty<{ answerMs: number }, 'answerMs'>(PULL, 'answerMs', 20_000); // for all tests, which run side by side

const infoOf = (url: string, { channel, group }: Field): Promise<ConsumerInfo> =>
  asOperator(url, ({ consumers }) => consumers.info(STREAM, consumerOf(channel, group)));

/** When no request waits any more, all that was asked for is delivered. */
async function allIsDelivered(url: string, field: Field): Promise<void> {
  const isServed = async () => (await infoOf(url, field)).num_waiting === 0;
  await waitFor(isServed, { ...IN_TIME, everyMs: 100, what: 'all requests to be served' });
}

test.concurrent(
  'a request that the server refuses again and again is repeated with pauses, and that is said',
  inField(async (field) => {
    const { channel, group } = field;
    const server = await field.server();
    const broker = await field.connected(server.url);
    const { subscription, has } = member(broker, field);
    await subscription.ready;
    await publishUntilStored(broker, channel, '1');
    await has(['1']);
    const observer = await asClient(field, server.url);
    let requests = 0;
    observer.subscribe('$JS.API.CONSUMER.>', { callback: () => void (requests += 1) });
    await observer.flush();
    await asOperator(server.url, ({ consumers }) =>
      consumers.update(STREAM, consumerOf(channel, group), { max_batch: 1 }),
    );
    // Each message makes room, so the member asks.
    for (const payload of numbers(2, 40)) await publishUntilStored(broker, channel, payload);
    await sleep(2_000);
    expect(requests).toBeLessThan(100); // it was 2,600 in two seconds without pauses
    const said = () =>
      field.lines.filter(({ level, ...line }) => level >= 40 && /max_?(request)?batch/i.test(JSON.stringify(line)));
    await waitFor(() => said().length > 0, IN_TIME);
  }),
);

test.concurrent(
  'what a member is sent stays the same when a request is renewed that the server still has',
  inField(async (field) => {
    const server = await field.server();
    const proxy = await field.proxyUntilPing(server.url);
    const broker = await field.connected(proxy.url, { pingIntervalMs: 120_000 });
    let connections = 0;
    broker.onConnected(() => (connections += 1));
    const { got, subscription } = member(broker, field, { maxInFlight: 8, ackWaitMs: 600_000 }, () => undefined);
    await subscription.ready;
    for (let looks = 0; looks < 3; looks += 1) {
      proxy.swallowReplies = true; // heartbeats are lost, and the answer to the ping comes
      await waitFor(() => !proxy.swallowReplies, { ...IN_TIME, what: 'a ping' });
      await sleep(500); // for the renewal; without one this look proves nothing
    }
    const direct = await field.connected(server.url);
    for (const payload of numbers(1, 60)) await publishUntilStored(direct, field.channel, payload);
    await waitFor(() => got.length >= 8, IN_TIME);
    await allIsDelivered(server.url, field);
    expect((await infoOf(server.url, field)).num_ack_pending).toBe(8);
    expect(connections).toBe(0);
  }),
);

test.concurrent(
  "a retry after the ack wait does not postpone the next delivery, which may be somebody else's",
  inField(async (field) => {
    const server = await field.server();
    const broker = await field.connected(server.url);
    let lateAfter = Infinity;
    const { got } = member(broker, field, { ackWaitMs: 1_000 }, (message) => {
      if (got.length > 1) return;
      setTimeout(() => {
        message.retry(600_000);
        lateAfter = got.length;
      }, 1_500);
    });
    await publishUntilStored(broker, field.channel, '1');
    await waitFor(() => got.length >= lateAfter + 3, { ...IN_TIME, what: 'more deliveries' });
  }),
);

test.concurrent(
  'messages that are given back for later keep their room, so a member that fails does not get all there are',
  inField(async (field) => {
    const server = await field.server();
    const broker = await field.connected(server.url);
    const options = { maxInFlight: 4, ackWaitMs: 600_000 };
    const { got } = member(broker, field, options, (message) => message.retry(600_000));
    for (const payload of numbers(1, 20)) await publishUntilStored(broker, field.channel, payload);
    await waitFor(() => got.length >= 4, IN_TIME);
    await allIsDelivered(server.url, field);
    expect(got).toHaveLength(4);
  }),
);

test.concurrent(
  'each request has its own subject for replies, by which a new leader knows those that wait',
  inField(async (field) => {
    const server = await field.server();
    const broker = await field.connected(server.url);
    const nats = await asClient(field, server.url);
    const replies: (string | undefined)[] = [];
    nats.subscribe('$JS.API.CONSUMER.MSG.NEXT.>', { callback: (_, { reply }) => void replies.push(reply) });
    await nats.flush();
    const { has } = member(broker, field, { maxInFlight: 4 });
    for (const payload of numbers(1, 12)) await publishUntilStored(broker, field.channel, payload);
    await has(numbers(1, 12));
    await waitFor(() => replies.length > 2, IN_TIME);
    expect(new Set(replies).size).toBe(replies.length);
  }),
);

test.concurrent(
  'the requests of 150 members may wait at the same time',
  inField(async (field) => {
    const server = await field.server();
    const broker = await field.connected(server.url);
    await member(broker, field).subscription.ready;
    const others = await asClient(field, server.url);
    const inbox = createInbox();
    others.subscribe(inbox, { callback: () => undefined });
    const request = { batch: 1, expires: nanos(120_000), idle_heartbeat: nanos(50_000) };
    const next = `$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${consumerOf(field.channel, field.group)}`;
    for (let n = 0; n < 4 * 150; n += 1) others.publish(next, JSON.stringify(request), { reply: inbox });
    const isWaiting = async () => (await infoOf(server.url, field)).num_waiting > 4 * 150;
    await waitFor(isWaiting, { ...IN_TIME, everyMs: 100, what: 'all requests to wait' });
  }),
);
