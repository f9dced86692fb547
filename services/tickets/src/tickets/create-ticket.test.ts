import { waitFor, badCredentials, sessionCookie, TestBed } from '@ticketing/testing';
import request from 'supertest';
import { ticketsConfig } from '../config';
import { startTickets } from '../service';
import { as } from './tickets.test.helper';

let bed: TestBed;
let url: string;

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startTickets, ticketsConfig));
});
afterAll(() => bed.close());

const post = (headers: Record<string, string> = as('alice')) => request(url).post('/api/tickets').set(headers);
const saved = () => bed.connection.collection('tickets').countDocuments();

test('201: the ticket with id and version 0, its address and its tag, and nothing of the inside', async () => {
  const { body, headers } = await post().send({ title: '  Concert ', price: 20.5 }).expect(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{24}$/),
    version: 0,
    title: 'Concert',
    price: 20.5,
    userId: 'alice',
  });
  expect(headers).toMatchObject({ etag: '"0"', location: `/api/tickets/${body.id}` });
  expect(headers['content-type']).toMatch(/^application\/json/);
  await request(url)
    .get(headers['location'] ?? '')
    .expect(200, body);
});

test('one ticket:created with the state that was answered is published, and its outbox is emptied', async () => {
  const events = bed.events('ticket:created');
  const { body } = await post().send({ title: 'Opera', price: 90 }).expect(201);
  const event = await waitFor(() => events.find(({ id }) => id === body.id));
  expect(event).toEqual({ ...body, meta: { id: expect.any(String), occurredAt: expect.any(String) } });
  await waitFor(() => bed.connection.collection('tickets').countDocuments({ outbox: { $size: 0 }, title: 'Opera' }));
  expect(events.filter(({ id }) => id === body.id)).toHaveLength(1);
});

test.each([
  ['the longest title', { title: 'x'.repeat(200), price: 1 }],
  ['the lowest price', { title: 'x', price: 0.01 }],
  ['the highest price', { title: 'x', price: 1_000_000 }],
])('201: %s', async (_name, input) => {
  const { body } = await post().send(input).expect(201);
  expect(body).toMatchObject(input);
});

test.each<[string, unknown, (string | undefined)[]]>([
  ['no field at all', {}, ['title', 'price']],
  ['no title', { price: 1 }, ['title']],
  ['an empty title', { title: '', price: 1 }, ['title']],
  ['a title of blanks', { title: '  ', price: 1 }, ['title']],
  ['a title that is too long', { title: 'x'.repeat(201), price: 1 }, ['title']],
  ['a title that is no text', { title: { $gt: '' }, price: 1 }, ['title']],
  ['no price', { title: 'x' }, ['price']],
  ['a price of 0', { title: 'x', price: 0 }, ['price']],
  ['a negative price', { title: 'x', price: -1 }, ['price']],
  ['a price that is text', { title: 'x', price: '20' }, ['price']],
  ['a price above the highest', { title: 'x', price: 1_000_000.01 }, ['price']],
  ['a price beyond all numbers', '{"title":"x","price":1e999}', ['price']],
  ['both wrong', { title: 1, price: null }, ['title', 'price']],
  ['an unknown field', { title: 'x', price: 1, userId: 'mallory' }, ['userId']],
  ['a version', { title: 'x', price: 1, version: 7 }, ['version']],
  ['a list', [{ title: 'x', price: 1 }], [undefined]],
])('400 for %s, naming the field', async (_name, input, fields) => {
  const before = await saved();
  const { body } = await post({ ...as('alice'), 'Content-Type': 'application/json' })
    .send(input as object)
    .expect(400);
  expect(body.errors.map(({ field }: { field?: string }) => field)).toEqual(fields);
  for (const { message } of body.errors) expect(message).toMatch(/\w/);
  expect(await saved()).toBe(before);
});

test.each([
  ['no body', 400, {}, undefined],
  ['an empty body', 400, { 'Content-Type': 'application/json' }, ''],
  ['broken JSON', 400, { 'Content-Type': 'application/json' }, '{"title":'],
  ['a JSON number', 400, { 'Content-Type': 'application/json' }, '7'],
  ['null', 400, { 'Content-Type': 'application/json' }, 'null'],
  ['a body that is a form', 400, { 'Content-Type': 'application/x-www-form-urlencoded' }, 'title=x&price=1'],
  ['a body of no type', 400, { 'Content-Type': '' }, '{"title":"x","price":1}'],
  ['a charset that is not UTF', 415, { 'Content-Type': 'application/json; charset=latin1' }, '{"title":"x","price":1}'],
  ['an unknown encoding', 415, { 'Content-Type': 'application/json', 'Content-Encoding': 'zip' }, '{}'],
  ['a body that is too large', 413, { 'Content-Type': 'application/json' }, `{"title":"${'x'.repeat(200_000)}"}`],
])('%s: %i', async (_name, status, headers, text) => {
  const before = await saved();
  const { body } = await post({ ...as('alice'), ...headers })
    .send(text)
    .expect(status);
  expect(body).toEqual({ errors: [{ message: expect.stringMatching(/\w/) }] });
  expect(await saved()).toBe(before);
});

test.each(badCredentials())('401 for %s', async (_name, headers) => {
  const before = await saved();
  const reply = await post(headers).send({ title: 'x', price: 1 }).expect(401);
  expect(reply.body).toEqual({ errors: [{ message: expect.stringContaining('sign in') }] });
  expect(reply.headers['www-authenticate']).toBe('Bearer');
  expect(await saved()).toBe(before);
});

test('the session cookie signs in as well, and a bearer goes before it', async () => {
  const input = { title: 'x', price: 1 };
  const { body } = await post(sessionCookie('carol')).send(input).expect(201);
  expect(body.userId).toBe('carol');
  const both = await post({ ...sessionCookie('carol'), ...as('dave') })
    .send(input)
    .expect(201);
  expect(both.body.userId).toBe('dave');
});

test('400 for a body that reaches for the prototype', async () => {
  const text = '{"title":"x","price":1,"__proto__":{"userId":"mallory"}}';
  await post({ ...as('alice'), 'Content-Type': 'application/json' })
    .send(text)
    .expect(400);
});
