import { signToken } from '@ticketing/common';
import { answeredOtherwise, HOSTILE_FIELDS, HOSTILE_IDS, HOSTILE_VALUES, TEST_JWT_KEY } from '@ticketing/testing';
import { testOperatorInjection } from '@ticketing/testing/suites';
import request from 'supertest';
import { ordersConfig } from './config';
import { as, newTicket, order } from './orders/orders.test.helper';
import { startOrders } from './service';

let url: string;
let free: string;

testOperatorInjection({ name: 'orders', start: startOrders, config: ordersConfig }, async (bed, its) => {
  url = its;
  free = await newTicket(bed);
  await order(url, await newTicket(bed), 'alice');
  await order(url, await newTicket(bed), 'bob');
  return {
    collections: ['orders', 'tickets'],
    list: (query) => request(url).get(`/api/orders?${query}`).set(as('alice')),
    signedIn: [
      (headers) => request(url).get('/api/orders').set(headers),
      (headers) => request(url).post('/api/orders').set(headers).send({ ticketId: free }),
    ],
  };
});

const post = (body: string) =>
  request(url)
    .post('/api/orders')
    .set({ ...as('alice'), 'Content-Type': 'application/json' })
    .send(body);

test.each([
  ['ticketId', (value: string) => `{"ticketId":${value}}`],
  ['the body', (value: string) => value],
])('400 for an operator as %s', async (_field, bodyOf) => {
  expect(await answeredOtherwise(400, HOSTILE_VALUES.map(bodyOf), post)).toEqual([]);
});

test('400 for a field that is not for the caller to set', async () => {
  const bodies = HOSTILE_FIELDS.map((field) => `{"ticketId":"${free}",${field}}`);
  expect(await answeredOtherwise(400, bodies, post)).toEqual([]);
});

test('404 for an id that is an operator, in the body and in the path', async () => {
  const bodies = HOSTILE_IDS.map((ticketId) => JSON.stringify({ ticketId: decodeURIComponent(ticketId) }));
  expect(await answeredOtherwise(404, bodies, post)).toEqual([]);
  for (const method of ['get', 'delete'] as const) {
    const call = (path: string) => request(url)[method](`/api/orders/${path}`).set(as('alice'));
    expect(await answeredOtherwise(404, HOSTILE_IDS, call)).toEqual([]);
  }
});

test('a name that looks like an operator is a name', async () => {
  for (const id of [...HOSTILE_VALUES, '$ne', '__proto__']) {
    const token = signToken({ id, email: 'a@example.com' }, TEST_JWT_KEY);
    await request(url).get('/api/orders').set('Authorization', `Bearer ${token}`).expect(200, []);
  }
});
