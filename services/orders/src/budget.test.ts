import { sleep } from '@ticketing/common';
import {
  type CommandLog,
  startCommandLog,
  unservedQueries,
  waitFor,
  costOf,
  newId,
  newMeta,
  TestBed,
} from '@ticketing/testing';
import request from 'supertest';
import { ordersConfig } from './config';
import { as, newTicket, order, replicaOf } from './orders/orders.test.helper';
import { startOrders } from './service';

let bed: TestBed;
let log: CommandLog;
let url: string;

/** Only what is asked for: no sweep comes in between. */
const NO_SWEEPS = { EVENT_SWEEP_MS: '600000', OUTBOX_SWEEP_MS: '600000', ORDER_EXPIRY_SWEEP_MS: '600000' };

async function start(env: NodeJS.ProcessEnv) {
  ({ url } = await bed.start(startOrders, ordersConfig, { env: { ...env, MONGO_URI: log.url } }));
  await waitFor(async () => (await request(url).get('/readyz')).body.nats === 'up');
}

beforeEach(async () => {
  bed = await TestBed.open();
  log = await startCommandLog(bed.databaseUri);
});
afterEach(async () => {
  await bed.close();
  await log.close();
});

const state = (id: string, version: number) => ({
  ...{ id, version, title: `Version ${String(version).padStart(3, '0')}` },
  ...{ price: 20, userId: 'alice', meta: newMeta() },
});
const want = (ticketId: string) => request(url).post('/api/orders').set(as('carol')).send({ ticketId });
const update = (id: string, version: number) => bed.publish('ticket:updated', state(id, version));

test('what each call costs', async () => {
  await start(NO_SWEEPS);
  const ticketId = await newTicket(bed);
  let id = '';
  const create = await costOf(log, 3, async () => ({ id } = await order(url, ticketId)));
  expect(create.commands).toEqual(['find tickets', 'insert orders', 'update orders']);
  const taken = await costOf(log, 1, () => want(ticketId).expect(409));
  expect(taken.commands).toEqual(['find orders']);
  const show = await costOf(log, 1, () => request(url).get(`/api/orders/${id}`).set(as('bob')).expect(200));
  expect(show.commands).toEqual(['find orders']);
  const list = await costOf(log, 1, () => request(url).get('/api/orders').set(as('bob')).expect(200));
  expect(list.commands).toEqual(['find orders']);
  const cancel = () => request(url).delete(`/api/orders/${id}`).set(as('bob')).expect(204);
  expect((await costOf(log, 3, cancel)).commands).toEqual(['find orders', 'update orders', 'update orders']);
  expect((await costOf(log, 1, cancel)).commands).toEqual(['find orders']);
});

test('a key costs a claim, its repeat a claim and a read, a refusal a claim and a read more', async () => {
  await start(NO_SWEEPS);
  const ticketId = await newTicket(bed);
  const keyed = (user = 'bob') => want(ticketId).set(as(user)).set('Idempotency-Key', 'key');
  const first = await costOf(log, 4, () => keyed().expect(201));
  expect(first.commands).toEqual(['find tickets', 'findAndModify idempotency_keys', 'insert orders', 'update orders']);
  const again = await costOf(log, 2, () => keyed().expect(201));
  expect(again.commands).toEqual(['find orders', 'findAndModify idempotency_keys']);
  const refused = await costOf(log, 3, () => keyed('carol').expect(409));
  expect(refused.commands).toEqual(['find orders', 'find orders', 'findAndModify idempotency_keys']);
});

test('of many requests for one ticket at once, one asks the database', async () => {
  await start(NO_SWEEPS);
  const ticketId = await newTicket(bed);
  let statuses: number[] = [];
  const atOnce = await costOf(log, 3, async () => {
    statuses = await Promise.all(Array.from({ length: 20 }, async () => (await want(ticketId)).status));
  });
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  expect(atOnce.commands.filter((command) => command === 'insert orders')).toHaveLength(1);
});

test('a process that did not make the order learns of it once', async () => {
  await start(NO_SWEEPS);
  const ticketId = await newTicket(bed);
  const { id: orderId } = await order(url, ticketId);
  await bed.publish('ticket:updated', { ...state(ticketId, 1), orderId });
  await waitFor(async () => (await replicaOf(bed, ticketId))?.['orderId'] === orderId);
  await start(NO_SWEEPS);
  const first = await costOf(log, 2, () => want(ticketId).expect(409));
  expect(first.commands).toEqual(['find orders', 'find tickets']);
  const second = await costOf(log, 1, () => want(ticketId).expect(409));
  expect(second.commands).toEqual(['find orders']);
});

test('an event in its order is one write and no read', async () => {
  await start(NO_SWEEPS);
  const id = newId();
  const created = await costOf(log, 1, () => bed.publish('ticket:created', state(id, 0)));
  expect(created.commands).toEqual(['update tickets']);
  const updated = await costOf(log, 1, () => update(id, 1));
  expect(updated.commands).toEqual(['update tickets']);
});

test('the 200th event of a ticket costs what the first did', async () => {
  await start(NO_SWEEPS);
  const id = newId();
  await bed.publish('ticket:created', state(id, 0));
  await waitFor(async () => (await replicaOf(bed, id)) !== null);
  const first = await costOf(log, 1, () => update(id, 1));
  for (let version = 2; version < 200; version += 1) await update(id, version);
  await waitFor(async () => (await replicaOf(bed, id))?.['version'] === 199, { timeoutMs: 30_000 });
  const last = await costOf(log, 1, () => update(id, 200));
  expect(last.commands).toEqual(first.commands);
  expect(Math.abs(last.bytes - first.bytes)).toBeLessThan(first.bytes * 0.1);
});

test('idle: the sweeps of the default settings, and nothing else', async () => {
  await start({});
  await sleep(1_000);
  log.clear();
  const began = performance.now();
  await sleep(6_000);
  const commands = [...log.commands()];
  const seconds = (performance.now() - began) / 1_000;
  const sent = commands.length;
  process.stdout.write(`idle orders: ${(sent / seconds).toFixed(1)} commands/s\n`);
  // Each second: what is parked, what is redriven, what expires; the positions only after events. Every two: the lease, the
  // outboxes.
  expect(await unservedQueries(bed.connection, commands)).toEqual([]);
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThanOrEqual((seconds + 1) * 3 + (seconds / 2 + 1) * 2);
});
