import { waitFor, badCredentials, newId, TestBed } from '@ticketing/testing';
import request from 'supertest';
import { ticketsConfig } from '../config';
import { startTickets } from '../service';
import { as, publishOrder, sell } from './tickets.test.helper';

let bed: TestBed;
let url: string;
let id: string;

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startTickets, ticketsConfig));
});
beforeEach(async () => {
  [id = ''] = await sell(url, ['Concert']);
});
afterAll(() => bed.close());

const put = (headers: Record<string, string> = {}, path = id) =>
  request(url)
    .put(`/api/tickets/${path}`)
    .set({ ...as('alice'), ...headers });
const input = { title: 'Opera', price: 90 };
const show = async () => (await request(url).get(`/api/tickets/${id}`).expect(200)).body;
const unchanged = async () => expect(await show()).toMatchObject({ version: 0, title: 'Concert', price: 20 });

test('200: the owner changes title and price; the version is one higher, one ticket:updated carries it', async () => {
  const events = bed.events('ticket:updated');
  const { body, headers } = await put().send(input).expect(200);
  expect(body).toEqual({ id, version: 1, ...input, userId: 'alice' });
  expect(headers['etag']).toBe('"1"');
  expect(await show()).toEqual(body);
  await put().send({ title: 'Ballet', price: 30 }).expect(200);
  await waitFor(() => events.filter((event) => event.id === id).length === 2);
  expect(events.filter((event) => event.id === id).map(({ version, title }) => [version, title])).toEqual([
    [1, 'Opera'],
    [2, 'Ballet'],
  ]);
});

test.each(badCredentials())('401 for %s', async (_name, headers) => {
  await request(url).put(`/api/tickets/${id}`).set(headers).send(input).expect(401);
  await unchanged();
});

test('403 for somebody else', async () => {
  const { body } = await put(as('mallory')).send(input).expect(403);
  expect(body).toEqual({ errors: [{ message: expect.stringContaining('owner') }] });
  await unchanged();
});

test.each([newId(), 'nonsense', 'abcdefghijkl', '%00'])('404 for the id %s', async (path) => {
  await put({}, path).send(input).expect(404);
});

test.each([{}, { title: 'x' }, { title: '', price: 1 }, { title: 'x', price: 0 }, { ...input, userId: 'mallory' }])(
  '400 for the body %j',
  async (broken) => {
    const { body } = await put().send(broken).expect(400);
    expect(body.errors[0].field).toMatch(/^(title|price|userId)$/);
    await unchanged();
  },
);

test('413 for a body that is too large', async () => {
  await put()
    .send({ title: 'x'.repeat(200_000), price: 1 })
    .expect(413);
});

test('409 while it is reserved; after its release it can be changed', async () => {
  const orderId = await publishOrder(bed, 'created', { ticketId: id, reservation: 1 });
  await waitFor(async () => (await show()).orderId === orderId);
  const { body } = await put().send(input).expect(409);
  expect(body).toEqual({ errors: [{ message: expect.stringContaining('reserved') }] });
  await publishOrder(bed, 'cancelled', { ticketId: id, reservation: 1, orderId });
  await waitFor(async () => (await show()).version === 2);
  await put({ 'If-Match': '"2"' }).send(input).expect(200);
});

test('409 once it is sold, for good; its state and its event say so', async () => {
  const events = bed.events('ticket:updated');
  const orderId = await publishOrder(bed, 'created', { ticketId: id, reservation: 1 });
  await waitFor(async () => (await show()).orderId === orderId);
  await publishOrder(bed, 'complete', { ticketId: id, reservation: 1, orderId });
  const sold = await waitFor(async () => {
    const ticket = await show();
    return ticket.sold && ticket;
  });
  expect(sold).toEqual({ id, version: 2, title: 'Concert', price: 20, userId: 'alice', orderId, sold: true });
  const { body } = await put().send(input).expect(409);
  expect(body).toEqual({ errors: [{ message: expect.stringContaining('sold') }] });
  expect(await show()).toEqual(sold);
  await waitFor(() => events.some((event) => event.id === id && event.version === 2));
  expect(events.find((event) => event.id === id && event.version === 2)).toEqual({ ...sold, meta: expect.anything() });
});

test.each([
  ['the version', '"0"', 200],
  ['any version', '*', 200],
  ['a list with the version', '"7", "0"', 200],
  ['a stale version', '"7"', 412],
  ['a list without the version', '"7", "8"', 412],
  ['a weak tag', 'W/"0"', 412],
  ['a version without quotes', '0', 412],
  ['nonsense', 'nonsense', 412],
])('If-Match with %s (%s): %i', async (_name, tag, status) => {
  const { body } = await put({ 'If-Match': tag }).send(input).expect(status);
  if (status === 200) return expect(body.version).toBe(1);
  expect(body).toEqual({ errors: [{ message: expect.stringContaining('read it again') }] });
  await unchanged();
});

test('two simultaneous edits without If-Match both succeed, a version apart', async () => {
  const replies = await Promise.all(['A', 'B'].map((title) => put().send({ title, price: 1 }).expect(200)));
  expect(replies.map(({ body }) => body.version).sort()).toEqual([1, 2]);
  const last = replies.find(({ body }) => body.version === 2)?.body;
  expect(await show()).toEqual(last);
});

test('of two simultaneous edits with the same If-Match exactly one succeeds', async () => {
  const replies = await Promise.all(['A', 'B'].map((title) => put({ 'If-Match': '"0"' }).send({ title, price: 1 })));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 412]);
  const winner = replies.find(({ status }) => status === 200)?.body;
  expect(await show()).toEqual(winner);
});

test('fifteen simultaneous edits: as many versions as edits, and one event for each', async () => {
  const replies = await Promise.all(
    Array.from({ length: 15 }, (_, n) =>
      put()
        .send({ title: `${n}`, price: 1 })
        .expect(200),
    ),
  );
  const versions = replies.map(({ body }) => body.version as number).sort((a, b) => a - b);
  expect(versions).toEqual(Array.from({ length: 15 }, (_, n) => n + 1));
  const events = () => bed.events('ticket:updated').filter((event) => event.id === id);
  await waitFor(() => events().length === 15);
  for (const { body } of replies) {
    expect(events().filter(({ version, title }) => version === body.version && title === body.title)).toHaveLength(1);
  }
});
