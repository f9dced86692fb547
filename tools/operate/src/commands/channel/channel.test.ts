import { isDeepStrictEqual } from 'node:util';
import { encodeEvent, type EventOf } from '@ticketing/common';
import { waitFor, newId, newMeta } from '@ticketing/testing';
import { startNats } from '@ticketing/servers';
import { OperatedSystem } from '../../operated-system.test.helper';
import { runCommand } from '../../run-command.test.helper';

let system: OperatedSystem;
beforeAll(async () => {
  system = await OperatedSystem.open();
});
afterAll(() => system.close());

interface Printed {
  readonly server: { readonly total_msgs: number };
  readonly channels: readonly {
    readonly name: string;
    readonly msgs: number;
    readonly last_seq: number;
    readonly subscriptions: readonly { readonly queue_name?: string; readonly last_sent: number }[];
    readonly consumers: readonly object[];
  }[];
  readonly unknown: readonly string[];
}

const run = (...args: string[]) => runCommand(['channel', ...args], system.env);
const printed = async (...args: string[]) => (await run(...args, '--json')).json() as Printed;

test('the channels of the events: what the server has, who subscribes, and what the consumers have kept', async () => {
  await Promise.all([system.traffic('one'), system.traffic('two')]);
  const orphan: EventOf<'order:created'> = {
    ...{ id: newId(), version: 0, userId: 'bob', expiresAt: new Date().toISOString(), meta: newMeta() },
    ...{ status: 'created', reservation: 1, ticket: { id: newId(), price: 20 } },
  };
  await system.broker.publish('order:created', encodeEvent('order:created', orphan));
  // The service gives the orphan up after a while, and writes its position down once in a while.
  const kept = { group: 'tickets-service', handledUpTo: 5, parked: 0, failing: { messages: 0, attempts: 0 } };
  const consumers = [{ ...kept, deadLetters: { dead: 1, redriven: 0 } }];
  const seen = async () => (await printed('order:created')).channels[0]?.consumers;
  await waitFor(async () => isDeepStrictEqual(await seen(), consumers), { timeoutMs: 30_000 });
  const channels = await waitFor(async () => {
    const { server, channels: listed, unknown } = await printed();
    expect({ total: server.total_msgs, unknown }).toEqual({ total: 17, unknown: [] });
    const sizes = Object.fromEntries(listed.map(({ name, msgs, last_seq }) => [name, [msgs, last_seq]]));
    expect(sizes).toEqual({
      ...{ 'ticket:created': [2, 2], 'ticket:updated': [8, 8], 'order:created': [5, 5], 'order:cancelled': [2, 2] },
      ...{ 'order:completed': [0, 0], 'payment:created': [0, 0] },
    });
    return listed;
  });
  expect(channels[0]?.subscriptions).toMatchObject([{ queue_name: 'orders-service:orders-service', last_sent: 2 }]);

  const { code, stdout } = await run('order:created');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^NATS Streaming 0\.25\.6, cluster ticketing, STANDALONE, .* 17 messages, \d+ bytes$/m);
  expect(stdout).toMatch(/^order:created: 5 messages, \d+ bytes, sequences 1 to 5$/m);
  expect(stdout).toMatch(/^tickets-service +tickets-service +tickets-\S+ +5 +0 +0 +64 +1 s +ready$/m);
  expect(stdout).toMatch(/^tickets-service +5 +0 +0 +0 +1 +0$/m);
});

test('a subscription that does not ack is stalled, one whose members left is offline, and what they were not sent is counted', async () => {
  const received: number[] = [];
  const options = { group: 'slow', ackWaitMs: 60_000, maxInFlight: 2 };
  const slow = system.broker.consume('ticket:updated', options, ({ sequence }) => void received.push(sequence));
  await waitFor(() => received.length === 2);
  expect((await run('ticket:updated')).stdout).toMatch(/^slow +slow +test-\S+ +2 +6 +2 +2 +60 s +stalled$/m);
  await slow.close();
  expect((await run('ticket:updated')).stdout).toMatch(/^slow +slow +test-\S+ +2 +6 +2 +2 +60 s +offline$/m);
});

test('a channel that the server does not have: exit 1', async () => {
  const { code, stdout, stderr } = await run('ticket:created', 'nonsense');
  expect({ code, stdout, stderr }).toEqual({
    ...{ code: 1, stdout: '' },
    stderr: 'NATS Streaming has no channel nonsense: nobody has published or subscribed.\n',
  });
});

test('databases that are away or were not given are said, and the server is shown', async () => {
  const { NATS_MONITOR_URL } = system.env;
  const env = { NATS_MONITOR_URL, ORDERS_MONGO_URI: 'mongodb://bob:secret@127.0.0.1:1' };
  const { code, stdout } = await runCommand(['channel'], env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ticket:created: 2 messages/m);
  expect(stdout).toMatch(/^What tickets counts is not known\. The address of tickets is missing: give --mongo/m);
  expect(stdout).toMatch(/^What orders counts is not known\. MongoDB cannot be used at mongodb:\/\/\*\*\*@127/m);
});

test('a monitoring port that is not there, or is something else: exit 2 and what to do', async () => {
  const withoutMonitor = await startNats({ env: { ...process.env, NATS_URL: '' }, args: ['-m', '0'] });
  const urls = [withoutMonitor.monitorUrl, system.env['NATS_URL']?.replace('nats:', 'http:'), 'nonsense'];
  const answers = await Promise.all(urls.map((url) => run('--monitor', url ?? '')));
  await withoutMonitor.stop();
  for (const { code, stdout, stderr } of answers) {
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('-m 8222') });
  }
});
