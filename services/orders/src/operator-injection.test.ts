import { signToken } from '@ticketing/common';
import {
  waitFor,
  answeredOtherwise,
  HOSTILE_FIELDS,
  HOSTILE_IDS,
  HOSTILE_QUERIES,
  HOSTILE_VALUES,
  hostileCredentials,
  TEST_JWT_KEY,
  TestBed,
} from '@ticketing/testing';
import request from 'supertest';
import { ordersConfig } from './config';
import { as, newTicket, order } from './orders/orders.test.helper';
import { startOrders } from './service';

let bed: TestBed;
let url: string;
let free: string;
let before: unknown;

const orders = () => bed.connection.collection('orders');
const stored = async () => [
  await orders().find().sort({ _id: 1 }).toArray(),
  await bed.connection.collection('tickets').find().sort({ _id: 1 }).toArray(),
];

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startOrders, ordersConfig));
  free = await newTicket(bed);
  await order(url, await newTicket(bed), 'alice');
  await order(url, await newTicket(bed), 'bob');
  await waitFor(async () => (await orders().countDocuments({ outbox: { $size: 0 } })) === 2);
  before = await stored();
});
afterAll(() => bed.close());

// Whatever was sent: nothing has changed, in the database and in the process.
afterEach(async () => {
  expect(await stored()).toEqual(before);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
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

test('an operator in the query of the list is refused, or an unknown name that changes nothing', async () => {
  const list = (query: string) => request(url).get(`/api/orders?${query}`).set(as('alice'));
  const { body: own } = await list('').expect(200);
  expect(own).toHaveLength(1);
  for (const query of HOSTILE_QUERIES) {
    const { status, body } = await list(query);
    expect([query, status, body]).toEqual(status === 400 ? [query, 400, expect.anything()] : [query, 200, own]);
  }
});

test('401 for credentials with an operator in them; a name that looks like one is a name', async () => {
  const headers = hostileCredentials(TEST_JWT_KEY).map((header) => JSON.stringify(header));
  const calls = [
    (text: string) => request(url).get('/api/orders').set(JSON.parse(text)),
    (text: string) => request(url).post('/api/orders').set(JSON.parse(text)).send({ ticketId: free }),
  ];
  for (const call of calls) expect(await answeredOtherwise(401, headers, call)).toEqual([]);
  for (const id of [...HOSTILE_VALUES, '$ne', '__proto__']) {
    const token = signToken({ id, email: 'a@example.com' }, TEST_JWT_KEY);
    await request(url).get('/api/orders').set('Authorization', `Bearer ${token}`).expect(200, []);
  }
});
