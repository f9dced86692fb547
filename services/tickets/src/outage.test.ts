import { sleep } from '@ticketing/common';
import { waitFor, TestBed } from '@ticketing/testing';
import { restartableMongo, restartableNats, type Restartable } from '@ticketing/servers';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { as, publishOrder, sell } from './tickets/tickets.test.helper';

jest.setTimeout(120_000);

let mongo: Restartable;
let nats: Restartable;
let bed: TestBed;
let url: string;

beforeAll(async () => {
  [mongo, nats] = await Promise.all([restartableMongo(), restartableNats()]);
  bed = await TestBed.open({ mongoUrl: mongo.url, natsUrl: nats.url, natsClusterId: 'ticketing' });
  ({ url } = await bed.start(startTickets, ticketsConfig));
  await waitFor(async () => (await readyz()).body.nats === 'up');
});
afterAll(async () => {
  await Promise.all([mongo.up(), nats.up()]);
  await bed.close();
  await Promise.all([mongo.remove(), nats.remove()]);
});

const readyz = () => request(url).get('/readyz');
const post = (title: string) => request(url).post('/api/tickets').set(as('alice')).send({ title, price: 20 });

test('NATS away: ready, and says so; 100 tickets are taken, and all arrive once after it returns', async () => {
  const before = Date.now();
  await nats.down();
  await waitFor(async () => (await readyz()).body.nats === 'down', { timeoutMs: 20_000 });
  const { natsDownSince, ...ready } = (await readyz().expect(200)).body as { natsDownSince: string };
  expect(ready).toEqual({ mongo: 'up', nats: 'down', draining: false });
  expect(Date.parse(natsDownSince)).toBeGreaterThanOrEqual(before);
  const titles = Array.from({ length: 100 }, (_, n) => `Concert ${n}`);
  const replies = await Promise.all(titles.map((title) => post(title)));
  expect(replies.map(({ status }) => status)).toEqual(titles.map(() => 201));

  await nats.up();
  const events = bed.events('ticket:created');
  await waitFor(() => events.length >= 100, { timeoutMs: 60_000 });
  await waitFor(
    async () => (await bed.connection.collection('tickets').countDocuments({ 'outbox.0': { $exists: true } })) === 0,
  );
  expect(new Set(events.map(({ id }) => id))).toEqual(new Set(replies.map(({ body }) => body.id)));
  expect(events.map(({ title }) => title).sort()).toEqual([...titles].sort());
  await readyz().expect(200, { mongo: 'up', nats: 'up', draining: false });
});

test('MongoDB away: 503 in JSON, soon, and nothing is a dead letter; it recovers and goes on by itself', async () => {
  const [ticketId = ''] = await sell(url, ['Stays']);
  await mongo.down();
  await waitFor(async () => (await readyz()).status === 503, { timeoutMs: 20_000 });
  await readyz().expect(503, { mongo: 'down', nats: 'up', draining: false });
  await request(url).get('/healthz').expect(200);
  const started = Date.now();
  const replies = await Promise.all([
    request(url).get('/api/tickets'),
    request(url).get(`/api/tickets/${ticketId}`),
    post('Not saved'),
    request(url).put(`/api/tickets/${ticketId}`).set(as('alice')).send({ title: 'x', price: 1 }),
  ]);
  expect(Date.now() - started).toBeLessThan(25_000);
  for (const { status, body, headers } of replies) {
    expect([status, body]).toEqual([503, { errors: [{ message: expect.stringMatching(/database/) }] }]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  }
  const orderId = await publishOrder(bed, 'created', { ticketId, reservation: 1 });
  await sleep(2_000);

  await mongo.up();
  await waitFor(async () => (await readyz()).status === 200, { timeoutMs: 30_000 });
  await waitFor(async () => (await request(url).get(`/api/tickets/${ticketId}`)).body.orderId === orderId, {
    timeoutMs: 30_000,
  });
  expect((await request(url).get('/api/tickets')).body.map(({ title }: { title: string }) => title)).not.toContain(
    'Not saved',
  );
  expect(await bed.connection.collection('dead_letters').countDocuments()).toBe(0);
  await post('Saved').expect(201);
});

test('a start without MongoDB answers 503 until it is there', async () => {
  await mongo.down();
  const env = { PORT: '0' };
  const starting = bed.start(startTickets, ticketsConfig, { env });
  const early = await Promise.race([starting.then(() => 'started'), sleep(3_000).then(() => 'waits')]);
  await mongo.up();
  const instance = await starting;
  expect(early).toBe('waits');
  await request(instance.url).get('/readyz').expect(200);
});
