import { type Restartable, restartableJetStream, restartableNats } from '@ticketing/servers';
import { testConnection, waitFor } from '@ticketing/testing';
import { createBroker } from '../broker/create-broker';
import type { EngineName } from '../broker/engines';
import type { Broker } from '../broker/port';
import { encodeEvent } from '../events/contracts';
import type { Logger } from '../runtime/logger';
import { Bench, inOrder, newId, ticketEvent } from './consumer.test.helper';
import { originId } from './origin';

const subject = 'ticket:updated';
const LAST = 9;

let servers: Readonly<Record<EngineName, Restartable>>;
let bench: Bench;
let next: Broker;

const brokerOn = (engine: EngineName, logger: Logger) =>
  createBroker({ engine, url: servers[engine].url, clusterId: 'ticketing', clientIdPrefix: 'test', logger });

beforeAll(async () => {
  const [streaming, jetstream] = await Promise.all([restartableNats(), restartableJetStream()]);
  servers = { streaming, jetstream };
  const connection = await testConnection();
  bench = await Bench.open({ connection, broker: (logger) => brokerOn('streaming', logger) });
  next = brokerOn('jetstream', bench.logger);
  await waitFor(() => bench.broker.isConnected() && next.isConnected());
});
afterAll(async () => {
  await bench.close();
  await next.close();
  await Promise.all(Object.values(servers).map((server) => server.remove()));
});

const members = () =>
  Promise.all([bench.consumer([inOrder(subject)]), bench.consumer([inOrder(subject)], { broker: next })]);
/** Even versions come by one engine, odd ones by the other. */
const publish = async (ids: readonly string[], from: number, to: number) => {
  for (let version = from; version <= to; version += 1) {
    const broker = version % 2 === 0 ? bench.broker : next;
    await Promise.all(ids.map((id) => broker.publish(subject, encodeEvent(subject, ticketEvent(id, version)))));
  }
};

test('a group with members on two engines: each version is applied once, and no loss is told', async () => {
  const ids = Array.from({ length: 20 }, newId);
  // All channels of JetStream share its sequences, so these are far ahead of those of the other engine.
  await Promise.all(ids.map((id) => next.publish('order:created', id)));
  const first = await members();
  await publish(ids, 0, LAST);
  for (const id of ids) await bench.versionIs(id, LAST);
  for (const broker of [bench.broker, next]) await broker.publish(subject, 'not JSON');
  await waitFor(async () => (await bench.count('dead-lettered')) === 2);
  for (const member of first) await member.drain();

  const stored = (name: string) => bench.connection.collection<{ _id: string }>(name).find().toArray();
  const positions = (await stored('channel_positions')).map(({ _id }) => _id).sort();
  expect(positions).toEqual([`${bench.group}|${subject}`, `${bench.group}|${subject}|jetstream`]);
  expect(await stored('dead_letters')).toHaveLength(2);
  await members();
  await publish(ids, LAST + 1, LAST + 2);
  for (const id of ids) await bench.versionIs(id, LAST + 2);
  for (const { history } of await bench.replica.all()) {
    expect(history).toEqual(Array.from({ length: LAST + 3 }, (_, version) => version));
  }
  expect(bench.lines.filter(({ msg }) => msg.startsWith('lost history'))).toEqual([]);
});

test('messages of two stores with the same numbers are two', () => {
  const origin = { group: 'group', channel: subject, sequence: 1, storedAt: 1 };
  expect(new Set([origin, { ...origin, store: 'one' }, { ...origin, store: 'two' }].map(originId)).size).toBe(3);
});
