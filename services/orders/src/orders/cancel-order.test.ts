import { waitFor, badCredentials, newId, TestBed } from '@ticketing/testing';
import request from 'supertest';
import { ordersConfig } from '../config';
import { startOrders } from '../service';
import { as, newTicket, order } from './orders.test.helper';

let bed: TestBed;
let url: string;

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startOrders, ordersConfig));
});
afterAll(() => bed.close());

const cancel = (id: string, headers: Record<string, string> = as('bob')) =>
  request(url).delete(`/api/orders/${id}`).set(headers);
const show = async (id: string) => (await request(url).get(`/api/orders/${id}`).set(as('bob')).expect(200)).body;

/** The cancels of one order on the channel, once that of an order cancelled later is there. */
async function cancelsOf(id: string) {
  const later = await order(url, await newTicket(bed));
  await cancel(later.id).expect(204);
  const events = bed.events('order:cancelled');
  await waitFor(() => events.some((event) => event.id === later.id));
  return events.filter((event) => event.id === id);
}

test('204: the order is cancelled, and one order:cancelled has its whole state', async () => {
  const created = await order(url, await newTicket(bed));
  const { text } = await cancel(created.id).expect(204);
  expect(text).toBe('');
  const cancelled = await show(created.id);
  expect(cancelled).toEqual({ ...created, version: 1, status: 'cancelled' });
  expect(await cancelsOf(created.id)).toEqual([{ ...cancelled, meta: expect.anything() }]);
});

test('again: 204, nothing changes and nothing is published twice', async () => {
  const { id } = await order(url, await newTicket(bed));
  for (let n = 0; n < 3; n++) await cancel(id).expect(204);
  expect(await show(id)).toMatchObject({ version: 1, status: 'cancelled' });
  expect(await cancelsOf(id)).toHaveLength(1);
});

test('ten times at once: 204 each, one version and one event', async () => {
  const { id } = await order(url, await newTicket(bed));
  await Promise.all(Array.from({ length: 10 }, () => cancel(id).expect(204)));
  expect(await show(id)).toMatchObject({ version: 1, status: 'cancelled' });
  expect(await cancelsOf(id)).toHaveLength(1);
});

test("wrong-order release by HTTP: A's cancel, again after B ordered, leaves B's order alone", async () => {
  const ticketId = await newTicket(bed);
  const orderA = await order(url, ticketId, 'anna');
  await cancel(orderA.id, as('anna')).expect(204);
  const orderB = await order(url, ticketId, 'bob');
  await cancel(orderA.id, as('anna')).expect(204);
  expect(await show(orderB.id)).toEqual(orderB);
  await request(url).post('/api/orders').set(as('carol')).send({ ticketId }).expect(409);
  expect(await cancelsOf(orderA.id)).toHaveLength(1);
});

test.each(badCredentials())('401 for %s', async (_name, headers) => {
  await cancel(newId(), headers).expect(401);
});

test('403 for the order of somebody else, which stays', async () => {
  const created = await order(url, await newTicket(bed));
  const { body } = await cancel(created.id, as('mallory')).expect(403);
  expect(body).toEqual({ errors: [{ message: expect.stringContaining('somebody else') }] });
  expect(await show(created.id)).toEqual(created);
});

test.each([newId(), 'nonsense', 'abcdefghijkl', '%00'])('404 for the id %s', async (id) => {
  const { body } = await cancel(id).expect(404);
  expect(body).toEqual({ errors: [{ message: 'no such order' }] });
});
