import { costOf, newId, newMeta, waitFor } from '@ticketing/testing';
import { testBudget } from '@ticketing/testing/suites';
import request from 'supertest';
import { ordersConfig } from './config';
import { as, newTicket, order, pay, replicaOf } from './orders/orders.test.helper';
import { startOrders } from './service';

const budget = testBudget({
  name: 'orders',
  start: startOrders,
  config: ordersConfig,
  ownSweeps: ['ORDER_EXPIRY_SWEEP_MS'],
  kinds: 2,
});

const state = (id: string, version: number) => ({
  ...{ id, version, title: `Version ${String(version).padStart(3, '0')}` },
  ...{ price: 20, userId: 'alice', meta: newMeta() },
});
const want = (ticketId: string) => request(budget.url).post('/api/orders').set(as('carol')).send({ ticketId });
const update = (id: string, version: number) => budget.bed.publish('ticket:updated', state(id, version));

test('what each call costs', async () => {
  await budget.startWithoutSweeps();
  const ticketId = await newTicket(budget.bed);
  let id = '';
  const create = await costOf(budget.log, 3, async () => ({ id } = await order(budget.url, ticketId)));
  expect(create.commands).toEqual(['find tickets', 'insert orders', 'update orders']);
  const taken = await costOf(budget.log, 1, () => want(ticketId).expect(409));
  expect(taken.commands).toEqual(['find orders']);
  const show = await costOf(budget.log, 1, () =>
    request(budget.url).get(`/api/orders/${id}`).set(as('bob')).expect(200),
  );
  expect(show.commands).toEqual(['find orders']);
  const list = await costOf(budget.log, 1, () => request(budget.url).get('/api/orders').set(as('bob')).expect(200));
  expect(list.commands).toEqual(['find orders']);
  const cancel = () => request(budget.url).delete(`/api/orders/${id}`).set(as('bob')).expect(204);
  expect((await costOf(budget.log, 3, cancel)).commands).toEqual(['find orders', 'update orders', 'update orders']);
  expect((await costOf(budget.log, 1, cancel)).commands).toEqual(['find orders']);
});

test('a payment costs a look at the refusals and a change of its order; a refused one a look at the orders more', async () => {
  await budget.startWithoutSweeps();
  const { id } = await order(budget.url, await newTicket(budget.bed));
  await waitFor(
    async () => (await budget.bed.connection.collection('orders').countDocuments({ outbox: { $size: 0 } })) === 1,
  );
  const paid = await costOf(budget.log, 4, () => pay(budget.bed, id, { id: 'a'.repeat(24) }));
  expect(paid.commands).toEqual(['find orders', 'find payment_refusals', 'update orders', 'update orders']);
  const again = await costOf(budget.log, 2, () => pay(budget.bed, id, { id: 'a'.repeat(24) }));
  expect(again.commands).toEqual(['find orders', 'find payment_refusals']);
  const refused = await costOf(budget.log, 5, () => pay(budget.bed, id));
  expect(refused.commands).toEqual([
    ...['find orders', 'find orders', 'find payment_refusals'],
    ...['insert payment_refusals', 'update payment_refusals'],
  ]);
});

test('a key costs a claim, its repeat a claim and a read, a refusal a claim and a read more', async () => {
  await budget.startWithoutSweeps();
  const ticketId = await newTicket(budget.bed);
  const keyed = (user = 'bob') => want(ticketId).set(as(user)).set('Idempotency-Key', 'key');
  const first = await costOf(budget.log, 4, () => keyed().expect(201));
  expect(first.commands).toEqual(['find tickets', 'findAndModify idempotency_keys', 'insert orders', 'update orders']);
  const again = await costOf(budget.log, 2, () => keyed().expect(201));
  expect(again.commands).toEqual(['find orders', 'findAndModify idempotency_keys']);
  const refused = await costOf(budget.log, 3, () => keyed('carol').expect(409));
  expect(refused.commands).toEqual(['find orders', 'find orders', 'findAndModify idempotency_keys']);
});

test('of many requests for one ticket at once, one asks the database', async () => {
  await budget.startWithoutSweeps();
  const ticketId = await newTicket(budget.bed);
  let statuses: number[] = [];
  const atOnce = await costOf(budget.log, 3, async () => {
    statuses = await Promise.all(Array.from({ length: 20 }, async () => (await want(ticketId)).status));
  });
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  expect(atOnce.commands.filter((command) => command === 'insert orders')).toHaveLength(1);
});

test('a process that did not make the order learns of it once', async () => {
  await budget.startWithoutSweeps();
  const ticketId = await newTicket(budget.bed);
  const { id: orderId } = await order(budget.url, ticketId);
  await budget.bed.publish('ticket:updated', { ...state(ticketId, 1), orderId });
  await waitFor(async () => (await replicaOf(budget.bed, ticketId))?.['orderId'] === orderId);
  await budget.startWithoutSweeps();
  const first = await costOf(budget.log, 2, () => want(ticketId).expect(409));
  expect(first.commands).toEqual(['find orders', 'find tickets']);
  const second = await costOf(budget.log, 1, () => want(ticketId).expect(409));
  expect(second.commands).toEqual(['find orders']);
});

test('an event in its order is one write and no read', async () => {
  await budget.startWithoutSweeps();
  const id = newId();
  const created = await costOf(budget.log, 1, () => budget.bed.publish('ticket:created', state(id, 0)));
  expect(created.commands).toEqual(['update tickets']);
  const updated = await costOf(budget.log, 1, () => update(id, 1));
  expect(updated.commands).toEqual(['update tickets']);
});

test('the 200th event of a ticket costs what the first did', async () => {
  await budget.startWithoutSweeps();
  const id = newId();
  await budget.bed.publish('ticket:created', state(id, 0));
  await waitFor(async () => (await replicaOf(budget.bed, id)) !== null);
  const first = await costOf(budget.log, 1, () => update(id, 1));
  for (let version = 2; version < 200; version += 1) await update(id, version);
  await waitFor(async () => (await replicaOf(budget.bed, id))?.['version'] === 199, { timeoutMs: 30_000 });
  const last = await costOf(budget.log, 1, () => update(id, 200));
  expect(last.commands).toEqual(first.commands);
  expect(Math.abs(last.bytes - first.bytes)).toBeLessThan(first.bytes * 0.1);
});
