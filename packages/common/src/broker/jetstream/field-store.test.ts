import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AckPolicy } from '@nats-io/jetstream';
import { asOperator, waitFor } from '@ticketing/testing';
import { RefusedError } from '../errors';
import type { Broker } from '../port';
import { IN_TIME, inField, member, numbers, publishUntilStored } from './field.test.helper';
import { consumerOf, filterOf, STREAM, SUBJECTS } from './names';

jest.setTimeout(180_000);

async function held(broker: Broker, channel: string): Promise<string[]> {
  const payloads: string[] = [];
  for await (const { payload } of broker.readAll(channel)) payloads.push(payload);
  return payloads;
}

test(
  'an event that was purged is stored when it is published again, although the server calls it a duplicate',
  inField(async (field) => {
    const { channel } = field;
    const server = await field.server();
    const broker = await field.connected(server.url);
    expect(await broker.publish(channel, '1', { id: 'one' })).toEqual({ sequence: 1 });
    expect(await broker.publish(channel, '1', { id: 'one' })).toEqual({ sequence: 1, duplicate: true });
    for (let purges = 1; purges <= 2; purges += 1) {
      await asOperator(server.url, ({ streams }) => streams.purge(STREAM));
      expect(await broker.publish(channel, '1', { id: 'one' })).toEqual({ sequence: 1 + purges });
      expect(await held(broker, channel)).toEqual(['1']);
    }
    expect(await broker.publish(`${channel}-other`, '1', { id: 'one' })).toEqual({ sequence: 4 });
    expect(await held(broker, `${channel}-other`)).toEqual(['1']);
  }),
);

test(
  'a stream that somebody deletes is made again, loudly, and its subscriptions resume',
  inField(async (field) => {
    const { channel } = field;
    const server = await field.server();
    const [broker, publisher] = [await field.connected(server.url), await field.connected(server.url)];
    const { has } = member(broker, field);
    for (const payload of numbers(1, 3)) await publishUntilStored(publisher, channel, payload);
    await has(['3']);
    const extent = await broker.extent(channel);
    const reached = extent === 'empty' ? undefined : extent.last;
    await asOperator(server.url, ({ streams }) => streams.delete(STREAM));
    await publishUntilStored(publisher, channel, '4');
    await has(['4']);
    await waitFor(() => broker.lossSince(channel, reached).then((loss) => loss?.kind === 'new-store'), IN_TIME);
    expect(field.lines.some(({ level, msg }) => level >= 50 && msg.startsWith('the stream was deleted'))).toBe(true);
  }),
);

test(
  'a publisher alone notices that the stream is gone, and has it made again',
  inField(async (field) => {
    const server = await field.server();
    const publisher = await field.connected(server.url);
    await publishUntilStored(publisher, field.channel, '1');
    await asOperator(server.url, ({ streams }) => streams.delete(STREAM));
    await publishUntilStored(publisher, field.channel, '2');
    expect(await held(publisher, field.channel)).toEqual(['2']);
    expect(field.lines.some(({ level, msg }) => level >= 50 && msg.startsWith('the stream was deleted'))).toBe(true);
  }),
);

test(
  'a stream that somebody else has made again is another store, also to a member that did not ask meanwhile',
  inField(async (field) => {
    const server = await field.server();
    const broker = await field.connected(server.url);
    const { got, has } = member(broker, field, { maxInFlight: 1 }, (message) => {
      if (message.payload !== '1') message.ack();
    });
    await publishUntilStored(broker, field.channel, '1');
    await has(['1']);
    await asOperator(server.url, async ({ streams }) => {
      const { config } = await streams.info(STREAM);
      await streams.delete(STREAM);
      await streams.add(config);
    });
    got[0]?.ack();
    await publishUntilStored(broker, field.channel, '2');
    await has(['2']);
    expect(new Set(got.map(({ store }) => store)).size).toBe(2);
  }),
);

const foreign: [string, object, RegExp][] = [
  ['of other subjects', { subjects: ['theirs.>'] }, /subjects are theirs\.>/],
  ['that forgets what was acked', { retention: 'workqueue' }, /retention is workqueue/],
  ['that confirms nothing', { no_ack: true }, /no_ack/],
];
test.each(foreign)('a stream %s is refused by name', (_, config, reason) =>
  inField(async (field) => {
    const server = await field.server();
    const stream = { name: STREAM, subjects: [SUBJECTS], ...config };
    await asOperator(server.url, ({ streams }) => streams.add(stream));
    const broker = field.broker(server.url);
    const refusals = () => field.lines.filter((line) => reason.test(String(line['reason'])));
    await waitFor(() => refusals().length > 0, IN_TIME);
    expect(broker.isConnected()).toBe(false);
  })(),
);

test(
  'another ack wait is taken over, whichever member comes; a consumer of another kind is refused by name',
  inField(async (field) => {
    const { channel, group } = field;
    const server = await field.server();
    const [before, after] = [await field.connected(server.url), await field.connected(server.url)];
    const [name, other] = [consumerOf(channel, group), consumerOf('theirs', group)];
    const members = [member(before, field, { ackWaitMs: 30_000 })];
    await members[0]?.subscription.ready;
    members.push(member(after, field, { ackWaitMs: 7_000 }));
    await members[1]?.subscription.ready;
    for (const payload of numbers(1, 20)) await publishUntilStored(before, channel, payload);
    await waitFor(() => new Set(members.flatMap(({ got }) => got.map(({ payload }) => payload))).size === 20, IN_TIME);
    const info = await asOperator(server.url, ({ consumers }) => consumers.info(STREAM, name));
    expect(info.config.ack_wait).toBe(7_000_000_000);
    await asOperator(server.url, ({ consumers }) =>
      consumers.add(STREAM, {
        ...{ durable_name: other, ack_policy: AckPolicy.None, filter_subject: filterOf('theirs') },
      }),
    );
    before.consume('theirs', { group, ackWaitMs: 1_000, maxInFlight: 1 }, () => undefined);
    await waitFor(() => before.refusedChannels().length > 0, IN_TIME);
    expect(before.refusedChannels()).toEqual(['theirs']);
    expect(field.lines.find(({ level }) => level >= 50)).toMatchObject({
      reason: expect.stringMatching(/ack_policy is "none"/) as string,
    });
  }),
);

test(
  'a consumer that is ahead of its stream after a power failure gets new messages',
  inField(async (field) => {
    const { channel } = field;
    const server = await field.server();
    const broker = await field.connected(server.url);
    const { has } = member(broker, field, { ackWaitMs: 1_000 });
    const store = join(server.dataDir, 'nats-jetstream', 'jetstream', '$G', 'streams', STREAM, 'msgs');
    const copy = join(server.dataDir, 'copy');
    for (const payload of numbers(1, 5)) await publishUntilStored(broker, channel, payload);
    await has(numbers(1, 5));
    await server.down();
    await mkdir(copy, { recursive: true });
    await cp(store, copy, { recursive: true });
    await server.up();
    for (const payload of numbers(6, 20)) await publishUntilStored(broker, channel, payload);
    await has(numbers(6, 20));
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // the acks are on their way
    await server.down();
    await rm(store, { recursive: true });
    await cp(copy, store, { recursive: true });
    await server.up();
    for (const payload of numbers(21, 23)) await publishUntilStored(broker, channel, payload);
    await has(numbers(21, 23));
    expect(field.lines.some(({ level, msg }) => level >= 50 && msg.includes('lost messages that it had acked'))).toBe(
      true,
    );
  }),
);

test(
  'a full stream refuses, removes nothing, and takes more when there is room again',
  inField(async (field) => {
    const { channel } = field;
    const server = await field.server();
    const broker = await field.connected(server.url);
    await asOperator(server.url, ({ streams }) => streams.update(STREAM, { max_msgs: 5 }));
    for (const payload of numbers(1, 5)) await broker.publish(channel, payload);
    await expect(broker.publish(channel, '6')).rejects.toBeInstanceOf(RefusedError);
    expect(broker.refusedChannels()).toEqual([channel]);
    expect(await held(broker, channel)).toEqual(numbers(1, 5));
    await asOperator(server.url, ({ streams }) => streams.update(STREAM, { max_msgs: 6 }));
    await broker.publish(channel, '6');
    expect([broker.refusedChannels(), await broker.extent(channel)]).toMatchObject([[], { held: 6 }]);
  }),
);

test(
  'payloads up to the limit of the server, and names with dots and colons',
  inField(async (field) => {
    const channel = 'a.b:c.d';
    const server = await field.server();
    const broker = await field.connected(server.url);
    const large = 'x'.repeat(1_048_576 - 1_000);
    const { has } = member(broker, Object.assign(field, { channel, group: 'g.h:i' }));
    await broker.publish(channel, large, { id: 'x.y:z' });
    await has([large]);
    expect(await held(broker, channel)).toEqual([large]);
    await expect(broker.publish(channel, 'x'.repeat(1_048_577))).rejects.toBeInstanceOf(RefusedError);
    await expect(broker.publish('a:', '1')).rejects.toBeInstanceOf(RefusedError);
  }),
);

test(
  'a server without JetStream is not a refusal: the broker stays away until it has it',
  inField(async (field) => {
    const config = 'accounts: { plain: { users: [ { user: any, password: any } ] } }\nno_auth_user: any';
    const server = await field.server({ config });
    const broker = field.broker(server.url);
    const reason = /no JetStream answers|not enabled/;
    await waitFor(() => field.lines.some((line) => reason.test(String(line['reason']))), IN_TIME);
    expect(broker.isConnected()).toBe(false);
    expect(field.lines.filter(({ msg }) => msg.startsWith('cannot reach')).length).toBeGreaterThan(0);
  }),
);

test(
  'a reading leaves nothing on the server, and one that the server does not survive says so',
  inField(async (field) => {
    const { channel } = field;
    const server = await field.server();
    const broker = await field.connected(server.url);
    await Promise.all(numbers(1, 600).map((payload) => publishUntilStored(broker, channel, payload)));
    const reading = (async () => {
      for await (const { sequence } of broker.readAll(channel)) if (sequence === 1) await server.down();
    })();
    await expect(reading).rejects.toMatchObject({ name: 'NotConnectedError' });
    await server.up();
    await waitFor(() => broker.isConnected(), IN_TIME);
    const read: string[] = [];
    for await (const { payload } of broker.readAll(channel)) read.push(payload);
    expect(read).toHaveLength(600);
    const info = await asOperator(server.url, ({ streams }) => streams.info(STREAM));
    expect(info.state.consumer_count).toBe(0);
  }),
);
