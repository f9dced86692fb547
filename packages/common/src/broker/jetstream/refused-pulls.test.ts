import { AckPolicy } from '@nats-io/jetstream';
import { asOperator, waitFor } from '@ticketing/testing';
import { asClient, errorsOf, IN_TIME, inField, member, publishUntilStored } from './field.test.helper';
import { consumerOf, filterOf, STREAM } from './names';

jest.setTimeout(180_000);

test(
  'a consumer that somebody replaces is refused by name, and taken when it is gone',
  inField(async (field) => {
    const { channel, group } = field;
    const server = await field.server();
    const broker = await field.connected(server.url);
    const { subscription, has } = member(broker, field);
    await subscription.ready;
    const name = consumerOf(channel, group);
    const other = { durable_name: name, ack_policy: AckPolicy.None, filter_subject: filterOf(channel) };
    // The member may make its own first: then the operator deletes that one, too.
    const replace = () =>
      asOperator(server.url, async ({ consumers }) => {
        await consumers.delete(STREAM, name);
        return consumers.add(STREAM, other);
      });
    await waitFor(replace, IN_TIME);
    await waitFor(() => broker.refusedChannels().length > 0, IN_TIME);
    expect(broker.refusedChannels()).toEqual([channel]);
    const said = errorsOf(field).find((line) => String(line['reason']).includes('ack_policy'));
    expect(said).toMatchObject({ channel });
    const gone = 'the consumer of a group was gone: it starts again';
    const saidGone = () => errorsOf(field).filter(({ msg }) => msg === gone).length;
    const before = saidGone();
    await asOperator(server.url, ({ consumers }) => consumers.delete(STREAM, name));
    await publishUntilStored(broker, channel, '1');
    await has(['1']);
    await waitFor(() => broker.refusedChannels().length === 0, IN_TIME);
    expect(saidGone()).toBe(before + 1);
  }),
);

const meddled: [string, Record<string, unknown>][] = [
  ['headers_only', { headers_only: true }],
  ['max_batch', { max_batch: 1 }],
  ['max_expires', { max_expires: 1_000_000_000 }],
  ['max_bytes', { max_bytes: 1_000 }],
  ['inactive_threshold', { inactive_threshold: 60_000_000_000 }],
  ['backoff', { backoff: [1_000_000_000], max_deliver: 5 }],
];
test(
  'a consumer that delivers otherwise than this system expects is refused by name',
  inField(async (field) => {
    const server = await field.server();
    const broker = await field.connected(server.url);
    for (const [setting, config] of meddled) {
      const channel = `${field.channel}:${setting}`;
      const name = consumerOf(channel, field.group);
      const base = { durable_name: name, ack_policy: AckPolicy.Explicit, filter_subject: filterOf(channel) };
      await asOperator(server.url, ({ consumers }) => consumers.add(STREAM, { ...base, ...config }));
      void broker.consume(channel, { group: field.group, ackWaitMs: 30_000, maxInFlight: 8 }, () => undefined);
      await waitFor(() => broker.refusedChannels().includes(channel), { ...IN_TIME, what: setting });
      expect(errorsOf(field).some(({ reason }) => String(reason).includes(`${setting} is`))).toBe(true);
    }
  }),
);

test(
  'a consumer without a leader is waited for alone: the other channels and publishing go on',
  inField(async (field) => {
    const { group } = field;
    const [channel, other] = [`${field.channel}:led`, `${field.channel}:leaderless`];
    const question = `$JS.API.CONSUMER.INFO.${STREAM}.${consumerOf(other, group)}`;
    const server = await field.server({ config: `mappings: { "${question}": "theirs" }` });
    const nats = await asClient(field, server.url);
    let isLed = false;
    let asked = 0;
    const answer = (code: number, err_code: number) => ({
      type: 'io.nats',
      error: { code, err_code, description: 'x' },
    });
    nats.subscribe('theirs', {
      callback: (_, msg) => {
        asked += 1;
        msg.respond(JSON.stringify(isLed ? answer(404, 10_014) : answer(503, 10_008)));
      },
    });
    await nats.flush();
    const broker = await field.connected(server.url);
    let connections = 0;
    broker.onConnected(() => (connections += 1));
    const waiting = member(broker, { ...field, channel: other });
    const led = member(broker, { ...field, channel });
    await waitFor(() => asked > 1, IN_TIME);
    await publishUntilStored(broker, channel, '1');
    await publishUntilStored(broker, other, '2');
    await led.has(['1']);
    expect([connections, broker.isConnected(), broker.refusedChannels(), errorsOf(field)]).toEqual([0, true, [], []]);
    isLed = true;
    await waiting.has(['2']);
    expect(connections).toBe(0);
  }),
);

const user = (denied: string) =>
  `no_auth_user: any\nauthorization { users: [ { user: any, password: any, permissions: { publish: { deny: "${denied}" } } } ] }`;

test(
  'acks that the server does not allow are an error in the log',
  inField(async (field) => {
    const server = await field.server({ config: user('$JS.ACK.>') });
    const broker = await field.connected(server.url);
    const { got } = member(broker, field, { ackWaitMs: 1_000 });
    await publishUntilStored(broker, field.channel, '1');
    await waitFor(() => got.length > 1, IN_TIME);
    const subject = `$JS.ACK.${STREAM}.${consumerOf(field.channel, field.group)}.>`;
    expect(errorsOf(field)).toMatchObject([{ operation: 'publish', subject }]);
  }),
);

test(
  'a channel whose messages the server does not let a member ask for is refused',
  inField(async (field) => {
    const server = await field.server({ config: user('$JS.API.CONSUMER.MSG.NEXT.>') });
    const broker = await field.connected(server.url);
    let isReady = false;
    void member(broker, field).subscription.ready.then(() => (isReady = true));
    await waitFor(() => broker.refusedChannels().length > 0, IN_TIME);
    expect([broker.refusedChannels(), isReady]).toEqual([[field.channel], false]);
  }),
);

test(
  'a request without an answer is made twice a second at most for each channel and client',
  inField(async (field) => {
    const server = await field.server({
      config: `mappings: { "$JS.API.CONSUMER.INFO.${STREAM}.*": "theirs.{{wildcard(1)}}" }`,
    });
    const nats = await asClient(field, server.url);
    const asked = new Map<string, number>();
    nats.subscribe('theirs.*', {
      callback: (_, { subject }) => void asked.set(subject, (asked.get(subject) ?? 0) + 1),
    });
    await nats.flush();
    const broker = field.broker(server.url, { timeoutMs: 1_000 });
    let clients = 0;
    broker.onConnected(() => (clients += 1));
    for (const n of [1, 2, 3]) member(broker, { ...field, channel: `${field.channel}:${n}` });
    await waitFor(() => clients >= 3, IN_TIME);
    expect(asked.size).toBe(3);
    for (const count of asked.values()) expect(count).toBeLessThanOrEqual(2 * clients);
  }),
);
