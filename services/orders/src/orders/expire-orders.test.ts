import { sleep } from '@ticketing/common';
import { past503, silentLogger, waitFor, TestBed, type TestInstance } from '@ticketing/testing';
import { Types } from 'mongoose';
import request from 'supertest';
import { ordersConfig } from '../config';
import { startOrders } from '../service';
import { expireOrders } from './expire-orders';
import { orderModel } from './order';
import { as, newTicket, order } from './orders.test.helper';

const WINDOW_MS = 60_000;
const SWEEP_MS = 50;

let bed: TestBed;
let urls: string[];
let instances: TestInstance[];
let now: number;

beforeEach(async () => {
  bed = await TestBed.open();
  now = Date.parse('2030-01-01T00:00:00Z');
  const env = { ORDER_WINDOW_MS: String(WINDOW_MS), ORDER_EXPIRY_SWEEP_MS: String(SWEEP_MS) };
  const clock = () => new Date(now);
  const start = () => bed.start(startOrders, ordersConfig, { env, clock });
  instances = await Promise.all([start(), start(), start()]);
  urls = instances.map(({ url }) => url);
});
afterEach(() => bed.close());

const first = () => urls[0] ?? '';
const show = async (id: string) => (await request(first()).get(`/api/orders/${id}`).set(as('bob')).expect(200)).body;

test('an order holds its ticket until expiresAt and not longer; then the ticket can be ordered again', async () => {
  const ticketId = await newTicket(bed);
  const { id, expiresAt } = await order(first(), ticketId);
  expect(Date.parse(expiresAt)).toBe(now + WINDOW_MS);
  now += WINDOW_MS - 1;
  await sleep(SWEEP_MS * 4);
  expect(await show(id)).toMatchObject({ status: 'created', version: 0 });

  now += 1;
  await waitFor(async () => (await show(id)).status === 'cancelled');
  expect(await show(id)).toMatchObject({ version: 1, expiresAt });
  const next = await order(first(), ticketId, 'carol');
  expect(next.reservation).toBe(2);
  const events = bed.events('order:cancelled');
  await waitFor(() => events.some((event) => event.id === id));
  await sleep(SWEEP_MS * 4);
  expect(await show(id)).toMatchObject({ version: 1 });
});

test('30 orders that expire at once under three instances, and are cancelled by hand meanwhile: once each', async () => {
  const events = bed.events('order:cancelled');
  const tickets = await Promise.all(Array.from({ length: 30 }, () => newTicket(bed)));
  const orders = await Promise.all(tickets.map((ticketId) => order(first(), ticketId)));
  now += WINDOW_MS;
  const cancel = (id: string, url = '') => request(url).delete(`/api/orders/${id}`).set(as('bob'));
  const replies = await Promise.all(orders.map(({ id }, n) => past503(() => cancel(id, urls[n % 3]))));
  expect(replies.map(({ status }) => status)).toEqual(orders.map(() => 204));
  await sleep(SWEEP_MS * 4);
  const stored = await bed.connection.collection('orders').find({}).toArray();
  expect(stored.map(({ status, version }) => [status, version])).toEqual(orders.map(() => ['cancelled', 1]));
  const recorded = () => new Set(events.map(({ id, version, meta }) => `${id} ${version} ${meta.id}`)).size;
  await waitFor(() => recorded() >= 30);
  expect(recorded()).toBe(30);
});

/** Makes this many orders that expire when their window is over, without HTTP. */
async function insertOrders(count: number) {
  const orders = Array.from({ length: count }, () => ({
    ...{ version: 0, userId: 'bob', status: 'created', reservation: 1, outbox: [] },
    ...{ expiresAt: new Date(now + WINDOW_MS), ticket: { id: new Types.ObjectId(), price: 20 } },
  }));
  await bed.connection.collection('orders').insertMany(orders);
}
const active = () => bed.connection.collection('orders').countDocuments({ status: 'created' });

test('more orders than one batch takes expire', async () => {
  await insertOrders(130);
  now += WINDOW_MS;
  await waitFor(async () => (await active()) === 0);
});

test('a stop does not wait for a long backlog: it ends after the current batch', async () => {
  const backlog = 1_500;
  await insertOrders(backlog);
  now += WINDOW_MS;
  await waitFor(async () => (await active()) < backlog);
  await Promise.all(instances.map((instance) => instance.stop()));
  expect(await active()).toBeGreaterThan(0);
});

test.each([
  ['is given more time', { expiresAt: new Date('2031-01-01') }],
  ['is completed', { status: 'complete' }],
])('an order that %s between the look and the cancel is left as it is', async (_, change) => {
  await Promise.all(instances.map((instance) => instance.stop()));
  await insertOrders(2);
  const { connection } = bed;
  const Order = orderModel(connection);
  const { _id } = await Order.findOne().orFail();
  const load = Order.findById.bind(Order);
  const meanwhile = (id: unknown) => {
    const query = load(id);
    const exec = query.exec.bind(query);
    query.exec = async () => {
      if (String(id) === String(_id)) {
        await connection.collection('orders').updateOne({ _id }, { $set: change, $inc: { version: 1 } });
      }
      return exec();
    };
    return query;
  };
  jest.spyOn(Order, 'findById').mockImplementation(meanwhile);
  now += WINDOW_MS;
  const logger = silentLogger();
  const warn = jest.spyOn(logger, 'warn');
  const expiring = expireOrders({ Order, clock: () => new Date(now), everyMs: SWEEP_MS, logger });
  expiring.start();
  await waitFor(async () => (await connection.collection('orders').countDocuments({ status: 'cancelled' })) > 0);
  await expiring.stop();
  expect(warn.mock.calls).toEqual([]); // it is no failure
  const stored = await connection.collection('orders').find().sort({ _id: 1 }).toArray();
  expect(stored.map(({ version, status }) => [version, status])).toEqual([
    [1, 'status' in change ? 'complete' : 'created'],
    [1, 'cancelled'],
  ]);
});
