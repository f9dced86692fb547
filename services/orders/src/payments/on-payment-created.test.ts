import { reEmit, sleep } from '@ticketing/common';
import { newId, TestBed, waitFor } from '@ticketing/testing';
import request from 'supertest';
import { ordersConfig } from '../config';
import { as, newTicket, order, type Order, pay as payOn } from '../orders/orders.test.helper';
import { startOrders } from '../service';
import { reEmittedRefusals, refusalModel } from './refusal';

const WINDOW_MS = 60_000;
const SWEEP_MS = 50;

let bed: TestBed;
let url: string;
let now = Date.parse('2030-01-01T00:00:00Z');

beforeAll(async () => {
  bed = await TestBed.open();
  const env = { ORDER_WINDOW_MS: String(WINDOW_MS), ORDER_EXPIRY_SWEEP_MS: String(SWEEP_MS) };
  ({ url } = await bed.start(startOrders, ordersConfig, { env, clock: () => new Date(now) }));
});
afterAll(() => bed.close());

const show = async (id: string) =>
  (await request(url).get(`/api/orders/${id}`).set(as('bob')).expect(200)).body as Order;
const cancel = (id: string) => request(url).delete(`/api/orders/${id}`).set(as('bob'));

const pay = (orderId: string, amount = 20, id = newId()) => payOn(bed, orderId, { id, amount });
const isComplete = (id: string) => waitFor(async () => (await show(id)).status === 'complete');
const refusals = () => bed.events('order:payment-refused');
const refusalOf = (paymentId: string) => waitFor(() => refusals().find((event) => event.paymentId === paymentId));

test('a payment completes its order, and one order:completed has its whole state', async () => {
  const created = await order(url, await newTicket(bed));
  const events = bed.events('order:completed');
  await pay(created.id);
  await isComplete(created.id);
  const complete = await show(created.id);
  expect(complete).toEqual({ ...created, version: 1, status: 'complete' });
  await waitFor(() => events.some(({ id }) => id === created.id));
  expect(events.filter(({ id }) => id === created.id)).toEqual([{ ...complete, meta: expect.anything() }]);
});

test('a complete order keeps its ticket for good: DELETE is 409 and says why, nobody else gets it, it does not expire', async () => {
  const ticketId = await newTicket(bed);
  const { id } = await order(url, ticketId);
  await pay(id);
  await isComplete(id);
  const { body } = await cancel(id).expect(409);
  expect(body).toEqual({ errors: [{ message: 'the order is paid: it cannot be cancelled any more' }] });
  await request(url).delete(`/api/orders/${id}`).set(as('mallory')).expect(403);
  const other = await order(url, await newTicket(bed));
  now += 10 * WINDOW_MS;
  await waitFor(async () => (await show(other.id)).status === 'cancelled');
  await sleep(SWEEP_MS * 4);
  expect(await show(id)).toMatchObject({ status: 'complete', version: 1 });
  const taken = await request(url).post('/api/orders').set(as('carol')).send({ ticketId }).expect(409);
  expect(taken.body).toEqual({ errors: [{ message: 'the ticket is reserved or sold already' }] });
});

test('the same payment, published ten times, completes once and refuses nothing', async () => {
  const { id } = await order(url, await newTicket(bed));
  const payment = await pay(id);
  for (let n = 0; n < 9; n += 1) await pay(id, 20, payment);
  const later = await order(url, await newTicket(bed));
  await refusalOf(await pay(later.id, 1));
  expect(await show(id)).toMatchObject({ status: 'complete', version: 1 });
  expect(refusals().filter(({ orderId }) => orderId === id)).toEqual([]);
});

test.each<[string, string, (id: string) => Promise<unknown>, number]>([
  ['was cancelled before', 'order-cancelled', (id) => cancel(id).expect(204), 20],
  [
    'has expired before',
    'order-cancelled',
    async (id) => {
      now += WINDOW_MS;
      await waitFor(async () => (await show(id)).status === 'cancelled');
    },
    20,
  ],
  ['has another price', 'wrong-amount', () => Promise.resolve(), 19.99],
  [
    'is paid already',
    'order-paid',
    async (id) => {
      await pay(id);
      await isComplete(id);
    },
    20,
  ],
])('the payment of an order that %s is refused: %s', async (_name, reason, before, amount) => {
  const { id } = await order(url, await newTicket(bed));
  await before(id);
  const was = await show(id);
  const paymentId = await pay(id, amount);
  const refusal = await refusalOf(paymentId);
  expect(refusal).toEqual({
    ...{ id: paymentId, version: 0, orderId: id, paymentId, amount, reason },
    meta: expect.anything(),
  });
  await pay(id, amount, paymentId);
  await refusalOf(await pay(newId(), amount)); // handled after it, or beside it
  expect(await show(id)).toEqual(was);
  expect(refusals().filter((event) => event.paymentId === paymentId)).toHaveLength(1);
});

test('the payment of an order that never was is refused', async () => {
  const orderId = newId();
  expect(await refusalOf(await pay(orderId))).toMatchObject({ orderId, reason: 'no-such-order' });
});

test('a re-emission tells each refusal again, as a snapshot of the same version', async () => {
  const paymentId = await pay(newId());
  const refusal = await refusalOf(paymentId);
  await reEmit({ ...reEmittedRefusals(refusalModel(bed.connection)), publisher: bed });
  const again = () => refusals().filter((event) => event.paymentId === paymentId && event.meta.snapshot === true);
  await waitFor(() => again().length === 1);
  expect(again()).toEqual([{ ...refusal, meta: expect.anything() }]);
});

test('no payment became a dead letter', async () => {
  expect(await bed.connection.collection('dead_letters').countDocuments()).toBe(0);
});
