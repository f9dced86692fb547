import type { EventOf } from '@ticketing/common';
import { past503, startTcpProxy, waitFor, TestBed, type TestInstance } from '@ticketing/testing';
import request from 'supertest';
import { ticketsConfig } from '../config';
import { startTickets } from '../service';
import { as } from './tickets.test.helper';

const HOUR = 3600 * 1_000;

let bed: TestBed;
let instances: [TestInstance, TestInstance];
let url: string;
let now = Date.now();
let keys = 0;
let key: string;

beforeAll(async () => {
  bed = await TestBed.open();
  const clock = () => new Date(now);
  instances = [await bed.start(startTickets, ticketsConfig, { clock }), await bed.start(startTickets, ticketsConfig)];
  ({ url } = instances[0]);
});
afterAll(() => bed.close());
beforeEach(() => void (key = `key ${(keys += 1)}`));

const concert = { title: 'Concert', price: 20 };
const post = (headers: Record<string, string> = {}, at = url) =>
  request(at)
    .post('/api/tickets')
    .set({ ...as('alice'), 'Idempotency-Key': `"${key}"`, ...headers });
/** How many different events: the sweep of the other instance may publish one again. */
const recordedFor = (events: readonly EventOf<'ticket:created'>[], of: string) =>
  new Set(events.filter(({ id }) => id === of).map(({ meta }) => meta.id)).size;
const saved = () => bed.connection.collection('tickets').countDocuments();

test('a repeat answers the first 201 with its headers, and says that it is one; nothing is made or published', async () => {
  const events = bed.events('ticket:created');
  const first = await post().send(concert).expect(201);
  expect(first.headers).not.toHaveProperty('idempotency-replayed');
  const before = await saved();
  for (const at of instances) {
    const again = await post({}, at.url).send(concert).expect(201, first.body);
    const { etag, location } = first.headers;
    expect(again.headers).toMatchObject({ etag, location, 'idempotency-replayed': 'true' });
  }
  expect(await saved()).toBe(before);
  await waitFor(() => events.some(({ id }) => id === first.body.id));
  expect(recordedFor(events, first.body.id)).toBe(1);
});

test('a repeat answers the ticket as it was created, also when it was changed since', async () => {
  const { body } = await post().send(concert).expect(201);
  await request(url).put(`/api/tickets/${body.id}`).set(as('alice')).send({ title: 'Opera', price: 90 }).expect(200);
  await post().send(concert).expect(201, body);
});

test('the same request in other words is the same: the checked body counts, and a key in quotes or bare', async () => {
  key = `k${keys}`;
  const { body } = await post().send(concert).expect(201);
  const bare = { 'Idempotency-Key': key, 'Content-Type': 'application/json' };
  await post(bare).send('{ "price": 2e1,  "title": " Concert " }').expect(201, body);
});

test.each([
  ['title', { ...concert, title: 'concert' }],
  ['price', { ...concert, price: 21 }],
])('422 for another %s under the same key, and the first request still can be repeated', async (_name, other) => {
  const first = await post().send(concert).expect(201);
  const before = await saved();
  const { body } = await post().send(other).expect(422);
  expect(body).toEqual({
    errors: [{ message: expect.stringContaining('another body'), field: 'Idempotency-Key' }],
  });
  expect(await saved()).toBe(before);
  await post().send(concert).expect(201, first.body);
});

test.each(['', '""', 'a b', 'one, two', 'x'.repeat(256)])('400 for the key %p, and nothing is made', async (bad) => {
  const before = await saved();
  const { body } = await post({ 'Idempotency-Key': bad }).send(concert).expect(400);
  expect(body.errors).toEqual([{ message: expect.stringContaining('255'), field: 'Idempotency-Key' }]);
  expect(await saved()).toBe(before);
});

test('the key of another user is another key', async () => {
  const [mine, theirs] = [await post().send(concert), await post(as('bob')).send({ title: 'Opera', price: 1 })];
  expect([mine.status, theirs.status]).toEqual([201, 201]);
  expect(theirs.body).toMatchObject({ userId: 'bob', title: 'Opera' });
});

test('without a key each request makes a ticket', async () => {
  const plain = () => request(url).post('/api/tickets').set(as('alice')).send(concert).expect(201);
  expect((await plain()).body.id).not.toBe((await plain()).body.id);
});

test('a key whose request was refused for its body is free', async () => {
  await post().send({ title: '' }).expect(400);
  await post().send(concert).expect(201);
});

test('100 repeats at once on two instances: all answer the same 201, there is one ticket and one event', async () => {
  const events = bed.events('ticket:created');
  for (let round = 0; round < 3; round += 1) {
    key = `at once ${round}`;
    const before = await saved();
    const at = (n: number) => instances[n % 2 === 0 ? 0 : 1].url;
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, n) => past503(() => post({}, at(n)).send(concert))),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    const [id, ...others] = new Set(replies.map(({ body }) => body.id));
    expect(others).toEqual([]);
    expect(replies.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(await saved()).toBe(before + 1);
    await waitFor(() => events.some((event) => event.id === id));
    expect(recordedFor(events, id)).toBe(1);
  }
});

test('a key is kept for 24 h; after that it makes another ticket', async () => {
  const { body } = await post().send(concert).expect(201);
  now += 24 * HOUR - 1_000;
  await post().send(concert).expect(201, body);
  now += 2_000;
  const later = await post().send({ title: 'Opera', price: 1 }).expect(201);
  expect(later.body.id).not.toBe(body.id);
  await post().send({ title: 'Opera', price: 1 }).expect(201, later.body);
});

test('a client that lost the reply repeats, and gets it', async () => {
  const proxy = await startTcpProxy(url);
  const through = `http://127.0.0.1:${proxy.port}`;
  const before = await saved();
  const lost = proxy.loseReplyTo((sent) => sent.includes('lost for the client'));
  const attempt = post({}, through).send({ title: 'lost for the client', price: 1 });
  await expect(attempt).rejects.toThrow(/hang up|ECONNRESET/);
  await lost;
  const { body, headers } = await post({}, through).send({ title: 'lost for the client', price: 1 }).expect(201);
  expect(headers).toMatchObject({ 'idempotency-replayed': 'true' });
  expect(body).toMatchObject({ title: 'lost for the client', version: 0 });
  expect(await saved()).toBe(before + 1);
  await proxy.close();
});

test.each([
  ['of the claim', 'findAndModify'],
  ['of the insert', 'ticket:created'],
])(
  'when the reply %s was lost and the database stays away: 503, and a repeat makes or finds the ticket',
  async (_of, part) => {
    const proxy = await startTcpProxy(bed.databaseUri);
    const through = new URL(bed.databaseUri);
    through.port = String(proxy.port);
    const instance = await bed.start(startTickets, ticketsConfig, { env: { MONGO_URI: through.href } });
    const before = await saved();
    const lost = proxy.loseReplyTo((sent) => sent.includes(part)).then(() => (proxy.refuse = true));
    await post({}, instance.url).send(concert).expect(503);
    await lost;
    proxy.refuse = false;
    const { body } = await waitFor(async () => {
      const reply = await post({}, instance.url).send(concert);
      return reply.status === 201 && reply;
    });
    await post().send(concert).expect(201, body);
    expect(await saved()).toBe(before + 1);
    await instance.stop();
    await proxy.close();
  },
);
