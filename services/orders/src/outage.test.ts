import { waitFor, TestBed } from '@ticketing/testing';
import { restartableMongo, restartableNats, type Restartable } from '@ticketing/servers';
import request from 'supertest';
import { ordersConfig } from './config';
import { as, newTicket, order } from './orders/orders.test.helper';
import { startOrders } from './service';

jest.setTimeout(120_000);

let mongo: Restartable;
let nats: Restartable;
let bed: TestBed;
let url: string;
let now = Date.now();

beforeAll(async () => {
  [mongo, nats] = await Promise.all([restartableMongo(), restartableNats()]);
  bed = await TestBed.open({ mongoUrl: mongo.url, natsUrl: nats.url, natsClusterId: 'ticketing' });
  const env = { ORDER_WINDOW_MS: '60000', ORDER_EXPIRY_SWEEP_MS: '100' };
  ({ url } = await bed.start(startOrders, ordersConfig, { env, clock: () => new Date(now) }));
  await waitFor(async () => (await readyz()).body.nats === 'up');
});
afterAll(async () => {
  await Promise.all([mongo.up(), nats.up()]);
  await bed.close();
  await Promise.all([mongo.remove(), nats.remove()]);
});

const readyz = () => request(url).get('/readyz');
const show = async (id: string) => (await request(url).get(`/api/orders/${id}`).set(as('bob')).expect(200)).body;

test('NATS away: orders and cancels are taken, and their events arrive after it returns', async () => {
  const [ticketA, ticketB] = [await newTicket(bed), await newTicket(bed)];
  await nats.down();
  await waitFor(async () => (await readyz()).body.nats === 'down', { timeoutMs: 20_000 });
  await readyz().expect(200);
  const [kept, cancelled] = [await order(url, ticketA), await order(url, ticketB)];
  await request(url).delete(`/api/orders/${cancelled.id}`).set(as('bob')).expect(204);

  await nats.up();
  const [created, cancels] = [bed.events('order:created'), bed.events('order:cancelled')];
  await waitFor(() => created.length >= 2 && cancels.length > 0, { timeoutMs: 30_000 });
  expect(new Set(created.map(({ id }) => id))).toEqual(new Set([kept.id, cancelled.id]));
  expect(new Set(cancels.map(({ id, version }) => `${id} ${version}`))).toEqual(new Set([`${cancelled.id} 1`]));
});

test('MongoDB away: 503 in JSON; what expires meanwhile is cancelled when it is back', async () => {
  const ticketId = await newTicket(bed);
  const { id } = await order(url, ticketId);
  await mongo.down();
  await waitFor(async () => (await readyz()).status === 503, { timeoutMs: 20_000 });
  const replies = await Promise.all([
    request(url).get('/api/orders').set(as('bob')),
    request(url).get(`/api/orders/${id}`).set(as('bob')),
    request(url).post('/api/orders').set(as('bob')).send({ ticketId }),
    request(url).delete(`/api/orders/${id}`).set(as('bob')),
  ]);
  for (const { status, body } of replies) {
    expect([status, body]).toEqual([503, { errors: [{ message: expect.stringMatching(/database/) }] }]);
  }
  now += 60_000;

  await mongo.up();
  await waitFor(async () => (await readyz()).status === 200, { timeoutMs: 30_000 });
  await waitFor(async () => (await show(id)).status === 'cancelled', { timeoutMs: 30_000 });
  expect(await order(url, ticketId)).toMatchObject({ reservation: 2 });
});

test('MongoDB that hangs: not ready within seconds; a request waits for it and is answered when it goes on', async () => {
  const ticketId = await newTicket(bed);
  mongo.signal('SIGSTOP');
  const started = Date.now();
  const reply = request(url).post('/api/orders').set(as('bob')).send({ ticketId }).expect(201);
  const answered = Promise.resolve(reply).then(({ body }) => body as { id: string });
  await readyz().expect(503);
  expect(Date.now() - started).toBeLessThan(15_000);
  mongo.signal('SIGCONT');
  expect(await show((await answered).id)).toMatchObject({ status: 'created', ticket: { id: ticketId } });
  await readyz().expect(200);
});
