import { sleep } from '@ticketing/common';
import { waitFor } from '@ticketing/common/testing';
import { TestBed } from '@ticketing/common/testing-service';
import request from 'supertest';
import { ordersConfig } from '../config';
import { startOrders } from '../service';
import { as, newTicket, order } from './orders.test.helper';

const WINDOW_MS = 60_000;
const SWEEP_MS = 50;

let bed: TestBed;
let urls: string[];
let now: number;

beforeEach(async () => {
  bed = await TestBed.open();
  now = Date.parse('2030-01-01T00:00:00Z');
  const env = { ORDER_WINDOW_MS: String(WINDOW_MS), ORDER_EXPIRY_SWEEP_MS: String(SWEEP_MS) };
  const clock = () => new Date(now);
  const start = () => bed.start(startOrders, ordersConfig, { env, clock });
  urls = (await Promise.all([start(), start(), start()])).map(({ url }) => url);
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
  const cancels = orders.map(({ id }, n) =>
    request(urls[n % 3] ?? '')
      .delete(`/api/orders/${id}`)
      .set(as('bob'))
      .expect(204),
  );
  await Promise.all(cancels);
  await sleep(SWEEP_MS * 4);
  const stored = await bed.connection.collection('orders').find({}).toArray();
  expect(stored.map(({ status, version }) => [status, version])).toEqual(orders.map(() => ['cancelled', 1]));
  await waitFor(() => events.length >= 30);
  expect(new Set(events.map(({ id, version, meta }) => `${id} ${version} ${meta.id}`)).size).toBe(30);
});

test('more orders than one batch takes expire', async () => {
  const { connection } = bed;
  const tickets = await Promise.all(Array.from({ length: 130 }, () => newTicket(bed)));
  await Promise.all(tickets.map((ticketId) => order(first(), ticketId)));
  now += WINDOW_MS;
  await waitFor(async () => (await connection.collection('orders').countDocuments({ status: 'cancelled' })) === 130);
});
