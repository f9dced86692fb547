import { badCredentials, TestBed } from '@ticketing/testing';
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

const get = (path: string, user = 'bob') => request(url).get(path).set(as(user));

test('200: the own orders, newest first, cancelled ones too, and no other', async () => {
  const first = await order(url, await newTicket(bed), 'dora');
  const second = await order(url, await newTicket(bed), 'dora');
  await order(url, await newTicket(bed), 'somebody');
  await request(url).delete(`/api/orders/${first.id}`).set(as('dora')).expect(204);
  await get('/api/orders', 'dora').expect(200, [second, { ...first, version: 1, status: 'cancelled' }]);
  await get('/api/orders', 'nobody').expect(200, []);
});

test('following Link gives each order once', async () => {
  const made: string[] = [];
  for (let n = 0; n < 7; n++) made.unshift((await order(url, await newTicket(bed), 'erin')).id);
  const pages: string[][] = [];
  for (let next: string | undefined = '/api/orders?limit=3'; next !== undefined && pages.length < 9;) {
    const { body, headers }: request.Response = await get(next, 'erin').expect(200);
    pages.push(body.map(({ id }: { id: string }) => id));
    next = /^<([^>]+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
  }
  expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
  expect(pages.flat()).toEqual(made);
});

test.each(['limit=0', 'limit=101', 'limit=x', 'limit=', 'cursor=x', 'cursor=', 'limit=1&limit=2'])(
  '400 for %s',
  async (query) => {
    const { body } = await get(`/api/orders?${query}`).expect(400);
    expect(body.errors).toEqual([{ message: expect.stringMatching(/\w/), field: query.split('=')[0] }]);
  },
);

test.each(badCredentials())('401 for %s', async (_name, headers) => {
  await request(url).get('/api/orders').set(headers).expect(401);
});
