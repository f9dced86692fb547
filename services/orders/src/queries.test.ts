import { createMetrics, createPublisher, reEmit } from '@ticketing/common';
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
  newMeta,
  TestBed,
} from '@ticketing/testing';
import request from 'supertest';
import { ordersConfig } from './config';
import { type OrderFields, orderModel, orderState } from './orders/order';
import { as, newTicket, order, replicaOf } from './orders/orders.test.helper';
import { startOrders } from './service';

let bed: TestBed;
let log: CommandLog;
let commands: readonly MongoCommand[];
let now = Date.now();

/** Has orders do all that it can do, and its operators too, so that each query of its code is sent. */
async function useAll(url: string): Promise<void> {
  const ids: string[] = [];
  const first = await newTicket(bed);
  ids.push((await order(url, first)).id);
  while (ids.length < 8) ids.push((await order(url, await newTicket(bed))).id);
  const asBob = (path: string) => request(url).get(path).set(as('bob')).expect(200);
  await asBob(`/api/orders/${ids[0]}`);
  await asBob('/api/orders?limit=3');
  await asBob(`/api/orders?limit=3&cursor=${ids[5]}`);
  await request(url).delete(`/api/orders/${ids[0]}`).set(as('bob')).expect(204);
  await order(url, first); // once more: which number is next?
  now += 60_000; // the others expire
  await waitFor(async () => (await asBob(`/api/orders/${ids[7]}`)).body.status === 'cancelled');
  await request(url).get('/metrics').expect(200);

  const id = await newTicket(bed);
  const late = { id, version: 3, title: 'After a gap', price: 20, userId: 'alice' };
  await bed.publish('ticket:updated', { ...late, meta: newMeta() });
  await waitFor(async () => (await replicaOf(bed, id))?.['version'] === 3); // over the gap, when its patience is over
  await bed.publish('ticket:updated', { ...late, version: 9, meta: { ...newMeta(), snapshot: true } });
  await waitFor(async () => (await replicaOf(bed, id))?.['version'] === 9);

  const [connection, bus] = await Promise.all([testConnection(log.url), testBus()]);
  const publisher = createPublisher(bus, createMetrics('orders'), silentLogger());
  const emission = {
    ...{ model: orderModel(connection), publisher },
    ...{ subject: () => 'order:cancelled' as const, state: orderState },
  };
  expect(await reEmit<OrderFields>(emission)).toBe(9);
  expect(await reEmit<OrderFields>({ ...emission, since: new Date(0) })).toBe(9);
  const reEmissions = bed.connection.collection('re_emissions');
  await waitFor(async () => (await reEmissions.countDocuments()) > 0);
  await Promise.all([connection.close(), bus.close()]);
}

beforeAll(async () => {
  bed = await TestBed.open();
  log = await startCommandLog(bed.databaseUri);
  const sweeps = { EVENT_SWEEP_MS: '50', OUTBOX_SWEEP_MS: '50', ORDER_EXPIRY_SWEEP_MS: '50', RE_EMIT_EVERY_MS: '1000' };
  const env = { ...sweeps, ACK_WAIT_MS: '1000', GAP_PATIENCE_MS: '3000', ORDER_WINDOW_MS: '60000', MONGO_URI: log.url };
  const service = await bed.start(startOrders, ordersConfig, { env, clock: () => new Date(now) });
  await useAll(service.url);
  await service.stop();
  commands = log.commands();
});
afterAll(async () => {
  await bed.close();
  await log.close();
});

test('all that orders asks was asked here', () => {
  const names = new Set(commands.flatMap(queryNames));
  expect([...names].sort()).toEqual(
    expect.arrayContaining([
      'delete parked_events: _id $in',
      'find orders: ; sort _id 1',
      'find orders: _id',
      'find orders: outbox.at $gt',
      'find orders: outbox.at $lt',
      'find orders: status, expiresAt $lte',
      'find orders: status, expiresAt $lte; sort expiresAt 1',
      'find orders: ticket.id; sort reservation -1',
      'find orders: userId, _id $lt; sort _id -1',
      'find orders: userId; sort _id -1',
      'find orders: updatedAt $gte $lt; sort updatedAt 1',
      'find orders: updatedAt $gte; sort updatedAt 1',
      'find tickets: _id',
      'find re_emissions: _id',
      'update re_emissions: _id',
      'update orders: _id',
      'update orders: _id, version',
      'update parked_events: _id, version $lt',
      'update tickets: _id, version $lt',
    ]),
  );
});

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
  const orders = bed.connection.collection('orders');
  for (const index of ['one_order_per_ticket_and_number', 'userId_1__id_-1', 'status_1_expiresAt_1']) {
    await orders.dropIndex(index);
  }
  expect(await unservedQueries(bed.connection, commands)).toEqual([
    'find orders: status, expiresAt $lte',
    'find orders: status, expiresAt $lte; sort expiresAt 1',
    'find orders: ticket.id; sort reservation -1',
    'find orders: userId, _id $lt; sort _id -1',
    'find orders: userId; sort _id -1',
  ]);
});
