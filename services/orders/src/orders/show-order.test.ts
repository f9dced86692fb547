import { badCredentials, newId, TestBed } from '@ticketing/testing';
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

test('200: the owner sees the order, its version as the tag, and nothing of the inside', async () => {
  const created = await order(url, await newTicket(bed));
  const { headers } = await request(url).get(`/api/orders/${created.id}`).set(as('bob')).expect(200, created);
  expect(headers['etag']).toBe('"0"');
  await request(url).delete(`/api/orders/${created.id}`).set(as('bob')).expect(204);
  const cancelled = { ...created, version: 1, status: 'cancelled' };
  await request(url).get(`/api/orders/${created.id}`).set(as('bob')).expect(200, cancelled).expect('etag', '"1"');
});

test.each(badCredentials())('401 for %s', async (_name, headers) => {
  await request(url).get(`/api/orders/${newId()}`).set(headers).expect(401);
});

test('403 for the order of another user, without any of its data', async () => {
  const { id } = await order(url, await newTicket(bed));
  const { body } = await request(url).get(`/api/orders/${id}`).set(as('mallory')).expect(403);
  expect(body).toEqual({ errors: [{ message: 'this is the order of somebody else' }] });
});

test.each([newId(), 'nonsense', 'abcdefghijkl', '%00'])('404 for the id %s', async (id) => {
  await request(url)
    .get(`/api/orders/${id}`)
    .set(as('bob'))
    .expect(404, { errors: [{ message: 'no such order' }] });
});
