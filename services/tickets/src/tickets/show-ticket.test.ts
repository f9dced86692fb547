import { waitFor, newId, TestBed } from '@ticketing/testing';
import request from 'supertest';
import { ticketsConfig } from '../config';
import { startTickets } from '../service';
import { publishOrder, sell } from './tickets.test.helper';

let bed: TestBed;
let url: string;

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startTickets, ticketsConfig));
});
afterAll(() => bed.close());

test('200: anyone sees a ticket, its version as the tag, and nothing of the inside', async () => {
  const [id] = await sell(url, ['Concert']);
  const { body, headers } = await request(url).get(`/api/tickets/${id}`).expect(200);
  expect(body).toEqual({ id, version: 0, title: 'Concert', price: 20, userId: 'alice' });
  expect(headers['etag']).toBe('"0"');
});

test('a reserved ticket shows its order, at a later version; a free one shows none', async () => {
  const [id = ''] = await sell(url, ['Concert']);
  const show = async () => (await request(url).get(`/api/tickets/${id}`).expect(200)).body;
  const orderId = await publishOrder(bed, 'created', { ticketId: id, reservation: 1 });
  const reserved = await waitFor(async () => ((await show()).orderId ? show() : undefined));
  expect(reserved).toEqual({ id, version: 1, title: 'Concert', price: 20, userId: 'alice', orderId });
  await publishOrder(bed, 'cancelled', { ticketId: id, reservation: 1, orderId });
  const free = await waitFor(async () => ((await show()).orderId ? undefined : show()));
  expect(free).toEqual({ id, version: 2, title: 'Concert', price: 20, userId: 'alice' });
});

test.each([
  ['an id that nothing has', newId()],
  ['an id that is none', 'nonsense'],
  ['an id of 12 characters, which MongoDB would take', 'abcdefghijkl'],
  ['an id that is too long', `${newId()}0`],
  ['an id with a query in it', '%7B%22$ne%22:null%7D'],
  ['an id that is a control character', '%00'],
])('404 for %s', async (_name, id) => {
  const { body } = await request(url).get(`/api/tickets/${id}`).expect(404);
  expect(body).toEqual({ errors: [{ message: 'no such ticket' }] });
});

test('an id may be written in capitals', async () => {
  const [id = ''] = await sell(url, ['Concert']);
  const { body } = await request(url).get(`/api/tickets/${id.toUpperCase()}`).expect(200);
  expect(body.id).toBe(id);
});

test('400 for an address that cannot be decoded', async () => {
  const { body } = await request(url).get('/api/tickets/%zz').expect(400);
  expect(body).toEqual({ errors: [{ message: expect.stringContaining('%') }] });
});
