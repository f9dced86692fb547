import { createMetrics, createPublisher, deadLetterStore, reEmit } from '@ticketing/common';
import {
  type CommandLog,
  explainsPlans,
  faultyPlans,
  type MongoCommand,
  queryNames,
  silentLogger,
  startCommandLog,
  testBus,
  testConnection,
  testServers,
  unservedQueries,
  waitFor,
  newId,
  TestBed,
} from '@ticketing/testing';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { ticketModel, ticketState } from './tickets/ticket';
import { as, publishOrder, sell } from './tickets/tickets.test.helper';

let bed: TestBed;
let log: CommandLog;
let commands: readonly MongoCommand[];
let now = Date.now();
const clock = () => new Date(now);

/** Has tickets do all that it can do, and its operators too, so that each query of its code is sent. */
async function useAll(url: string): Promise<void> {
  const ids = await sell(
    url,
    Array.from({ length: 12 }, (_, n) => `Concert ${n}`),
  );
  const [ticketId = ''] = ids;
  await request(url).put(`/api/tickets/${ticketId}`).set(as('alice')).send({ title: 'New', price: 1 }).expect(200);
  await request(url).get(`/api/tickets/${ticketId}`).expect(200);
  await request(url).get('/api/tickets?limit=3').expect(200);
  await request(url).get(`/api/tickets?limit=3&cursor=${ids[6]}`).expect(200);
  await publishOrder(bed, 'created', { ticketId, reservation: 1 });
  await waitFor(async () => (await request(url).get(`/api/tickets/${ticketId}`)).body.orderId);
  await request(url).get('/metrics').expect(200);
  await useKey(url);
  await publishOrder(bed, 'created', { ticketId: newId(), reservation: 1 });

  const [connection, bus] = await Promise.all([testConnection(log.url), testBus()]);
  const letters = deadLetterStore(connection);
  const [letter] = await waitFor(async () => {
    const found = await letters.list();
    return found.length > 0 && found;
  });
  await letters.show(letter?._id ?? '');
  await letters.redrive(letter?._id ?? '');
  const model = ticketModel(connection);
  const publisher = createPublisher(bus, createMetrics('tickets'), silentLogger());
  const emission = { model, publisher, subject: () => 'ticket:updated' as const, state: ticketState };
  expect(await reEmit(emission)).toBe(14);
  expect(await reEmit({ ...emission, since: new Date(0) })).toBe(14);
  await waitFor(async () => (await letters.show(letter?._id ?? ''))?.state === 'dead');
  await letters.drop(letter?._id ?? '');
  const reEmissions = bed.connection.collection('re_emissions');
  await waitFor(async () => (await reEmissions.countDocuments()) > 0);
  await Promise.all([connection.close(), bus.close()]);
}

/** Uses a key until it is over, and then again. */
async function useKey(url: string): Promise<void> {
  const keyed = () => request(url).post('/api/tickets').set(as('alice')).set('Idempotency-Key', 'key');
  const atOnce = Array.from({ length: 10 }, () => keyed().send({ title: 'Concert 13', price: 1 }).expect(201));
  await Promise.all(atOnce);
  now += 24 * 3600 * 1_000;
  await keyed().send({ title: 'Concert 14', price: 1 }).expect(201);
}

beforeAll(async () => {
  bed = await TestBed.open();
  log = await startCommandLog(bed.databaseUri);
  const sweeps = { EVENT_SWEEP_MS: '50', OUTBOX_SWEEP_MS: '50', MAX_ATTEMPTS: '1', RE_EMIT_EVERY_MS: '1000' };
  const service = await bed.start(startTickets, ticketsConfig, { env: { ...sweeps, MONGO_URI: log.url }, clock });
  await useAll(service.url);
  await service.stop();
  commands = log.commands();
});
afterAll(async () => {
  await bed.close();
  await log.close();
});

test('all that tickets asks was asked here', () => {
  const names = new Set(commands.flatMap(queryNames));
  expect([...names].sort()).toEqual(
    expect.arrayContaining([
      'delete dead_letters: _id',
      'delete delivery_failures: _id',
      'delete idempotency_keys: _id, aggregateId',
      'delete leases: _id, holder',
      'find channel_positions: _id',
      'find dead_letters: ; sort deadAt 1',
      'find dead_letters: _id',
      'find dead_letters: group, state, notBefore $not; sort deadAt 1',
      'find parked_events: group, subject $in, notBefore $not; sort parkedAt 1, version 1',
      'find tickets: ; sort _id 1',
      'find tickets: _id',
      'find tickets: outbox.at $gt',
      'find tickets: outbox.at $lt',
      'find tickets: reservation.state, _id $lt; sort _id -1',
      'find tickets: reservation.state; sort _id -1',
      'find tickets: updatedAt $gte $lt; sort updatedAt 1',
      'find tickets: updatedAt $gte; sort updatedAt 1',
      'findAndModify delivery_failures: _id',
      'findAndModify idempotency_keys: _id',
      'update dead_letters: _id',
      'find re_emissions: _id',
      'update re_emissions: _id',
      'update leases: _id, $or(holder, until $lt)',
      'update tickets: _id',
      'update tickets: _id, version',
    ]),
  );
});

// The sweep's `outbox.at $lt` finds only dates: an empty outbox is not one, and is not looked at (type bracketing:
// https://www.mongodb.com/docs/manual/reference/mql/query-predicates/type-bracketing/). The plans below check that.
test('every query has its index', async () => {
  expect(await unservedQueries(bed.connection, commands)).toEqual([]);
});

test('no page is reached by skipping', () => {
  expect(commands.filter(({ body }) => 'skip' in body)).toEqual([]);
});

const onMongod = explainsPlans(testServers().mongoUrl) ? test : test.skip;
onMongod('every plan goes by an index and does not sort (explain needs a mongod: set MONGO_URI)', async () => {
  expect(await faultyPlans(bed.connection, commands)).toEqual([]);
});

test('an index that is missing would be noticed', async () => {
  await bed.connection.collection('tickets').dropIndex('reservation.state_1__id_-1');
  await bed.connection.collection('tickets').dropIndex('outbox_pending');
  expect(await unservedQueries(bed.connection, commands)).toEqual([
    'find tickets: outbox.at $gt',
    'find tickets: outbox.at $lt',
    'find tickets: reservation.state, _id $lt; sort _id -1',
    'find tickets: reservation.state; sort _id -1',
  ]);
});
