import { sleep } from '@ticketing/common';
import { waitFor, badCredentials, newId, newMeta, sessionCookie, TestBed } from '@ticketing/testing';
import request from 'supertest';
import { ordersConfig } from '../config';
import { startOrders } from '../service';
import { as, newTicket, order, replicaOf } from './orders.test.helper';

const NOW = new Date('2030-01-01T00:00:00.000Z');

let bed: TestBed;
let url: string;

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startOrders, ordersConfig, { clock: () => NOW, env: { ORDER_WINDOW_MS: '60000' } }));
});
afterAll(() => bed.close());

const post = (headers: Record<string, string> = as('bob')) => request(url).post('/api/orders').set(headers);
const ordersOf = async (ticketId: string) =>
  (await bed.connection.collection('orders').find({}).toArray()).filter(({ ticket }) => String(ticket.id) === ticketId);

test('201: the order with id, version and price, its address and its tag, and nothing of the inside', async () => {
  const ticketId = await newTicket(bed, 35.5);
  const { body, headers } = await post().send({ ticketId }).expect(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{24}$/),
    version: 0,
    status: 'created',
    userId: 'bob',
    expiresAt: '2030-01-01T00:01:00.000Z',
    reservation: 1,
    ticket: { id: ticketId, price: 35.5 },
  });
  expect(headers).toMatchObject({ etag: '"0"', location: `/api/orders/${body.id}` });
  await request(url)
    .get(headers['location'] ?? '')
    .set(as('bob'))
    .expect(200, body);
  const event = await waitFor(() => bed.events('order:created').find(({ id }) => id === body.id));
  expect(event).toEqual({ ...body, meta: { id: expect.any(String), occurredAt: expect.any(String) } });
});

test('the session cookie signs in as well', async () => {
  const { body } = await post(sessionCookie('carol'))
    .send({ ticketId: await newTicket(bed) })
    .expect(201);
  expect(body.userId).toBe('carol');
});

test.each(badCredentials())('401 for %s', async (_name, headers) => {
  const { body } = await post(headers).send({ ticketId: newId() }).expect(401);
  expect(body).toEqual({ errors: [{ message: expect.stringContaining('sign in') }] });
});

test.each([
  ['no ticketId', {}, 'ticketId'],
  ['a ticketId that is no text', { ticketId: 7 }, 'ticketId'],
  ['a ticketId that is a query', { ticketId: { $ne: null } }, 'ticketId'],
  ['an unknown field', { ticketId: newId(), price: 1 }, 'price'],
])('400 for %s', async (_name, input, field) => {
  const { body } = await post().send(input).expect(400);
  expect(body.errors).toEqual([{ message: expect.stringMatching(/\w/), field }]);
});

test('400 for no body and for broken JSON, 413 for one that is too large', async () => {
  await post().expect(400);
  await post({ ...as('bob'), 'Content-Type': 'application/json' })
    .send('{"ticketId":')
    .expect(400);
  await post()
    .send({ ticketId: 'x'.repeat(200_000) })
    .expect(413);
});

test.each([newId(), 'nonsense', 'abcdefghijkl', ''])('404 for the ticket %p', async (ticketId) => {
  const { body } = await post().send({ ticketId }).expect(404);
  expect(body).toEqual({ errors: [{ message: 'no such ticket' }] });
});

test('409 for a reserved ticket, also for the user that reserved it', async () => {
  const ticketId = await newTicket(bed);
  await order(url, ticketId);
  for (const user of ['bob', 'carol']) {
    const { body } = await post(as(user)).send({ ticketId }).expect(409);
    expect(body).toEqual({ errors: [{ message: expect.stringContaining('reserved') }] });
  }
  expect(await ordersOf(ticketId)).toHaveLength(1);
});

test('after each cancel the ticket can be ordered again, under the next number', async () => {
  const ticketId = await newTicket(bed);
  for (const [index, user] of ['bob', 'carol', 'bob', 'dave'].entries()) {
    const { id, ...made } = await order(url, ticketId, user);
    expect(made).toMatchObject({ reservation: index + 1, version: 0, status: 'created' });
    await post(as('erin')).send({ ticketId }).expect(409);
    await request(url).delete(`/api/orders/${id}`).set(as(user)).expect(204);
  }
});

test('an order keeps the price that was reserved', async () => {
  const ticketId = await newTicket(bed, 20);
  const { id } = await order(url, ticketId);
  const state = { id: ticketId, version: 1, title: 'Concert', price: 99, userId: 'alice', meta: newMeta() };
  await bed.publish('ticket:updated', state);
  await waitFor(async () => (await replicaOf(bed, ticketId))?.['price'] === 99);
  const { body } = await request(url).get(`/api/orders/${id}`).set(as('bob')).expect(200);
  expect(body.ticket).toEqual({ id: ticketId, price: 20 });
});

test('200 simultaneous orders for one ticket: one 201, 199 times 409, one active order in the database', async () => {
  const users = Array.from({ length: 200 }, (_, n) => as(`user${n}`));
  const events = bed.events('order:created');
  // With cold connections to the database the first request would finish before the others have read.
  await Promise.all(users.map((user) => request(url).get('/api/orders').set(user).expect(200)));
  for (let round = 0; round < 3; round++) {
    const ticketId = await newTicket(bed);
    const replies = await Promise.all(users.map((user) => post(user).send({ ticketId })));
    const count = (status: number) => replies.filter((reply) => reply.status === status).length;
    expect([count(201), count(409)]).toEqual([1, 199]);
    const winner = replies.find(({ status }) => status === 201)?.body;
    const stored = await ordersOf(ticketId);
    expect(stored.map(({ _id, status }) => [String(_id), status])).toEqual([[winner.id, 'created']]);
    await waitFor(() => events.some(({ id }) => id === winner.id));
    expect(events.filter(({ ticket }) => ticket.id === ticketId)).toHaveLength(1);
  }
});

test('orders and cancels of one ticket by 20 users at once: never two active, numbers without a hole', async () => {
  const ticketId = await newTicket(bed);
  let active = 0;
  const buyer = async (user: string) => {
    for (let round = 0; round < 4; round++) {
      const reply = await post(as(user)).send({ ticketId });
      if (reply.status === 409) continue;
      expect(reply.status).toBe(201);
      expect(++active).toBe(1);
      await sleep(5);
      active--;
      await request(url).delete(`/api/orders/${reply.body.id}`).set(as(user)).expect(204);
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, n) => buyer(`user${n}`)));
  const stored = await ordersOf(ticketId);
  const numbers = stored.map(({ reservation }) => reservation as number).sort((a, b) => a - b);
  expect(numbers.length).toBeGreaterThan(1);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => n + 1));
  expect(stored.filter(({ status }) => status !== 'cancelled')).toEqual([]);
});
