import { past503, startTcpProxy, waitFor, newId, newMeta, TestBed, type TestInstance } from '@ticketing/testing';
import { Types } from 'mongoose';
import request, { type Response } from 'supertest';
import { ordersConfig } from '../config';
import { startOrders } from '../service';
import { as, newTicket, order, replicaOf } from './orders.test.helper';

let bed: TestBed;
let instances: [TestInstance, TestInstance];
let url: string;
let now = Date.now();
const clock = () => new Date(now);
let keys = 0;
let key: string;

beforeAll(async () => {
  bed = await TestBed.open();
  const settings = { clock, env: { ORDER_EXPIRY_SWEEP_MS: '50' } };
  instances = [
    await bed.start(startOrders, ordersConfig, settings),
    await bed.start(startOrders, ordersConfig, settings),
  ];
  ({ url } = instances[0]);
});
afterAll(() => bed.close());
beforeEach(() => void (key = `key-${(keys += 1)}`));

const post = (ticketId: string, { user = 'bob', at = url } = {}) =>
  request(at).post('/api/orders').set(as(user)).set('Idempotency-Key', key).send({ ticketId });
const cancel = (id: string) => request(url).delete(`/api/orders/${id}`).set(as('bob')).expect(204);
const ordersOf = (ticketId: string) =>
  bed.connection
    .collection('orders')
    .find({ 'ticket.id': new Types.ObjectId(ticketId) })
    .toArray();
const isReplay = ({ headers }: Response) => headers['idempotency-replayed'] === 'true';

test('a repeat answers the first order and not 409, on each instance', async () => {
  const ticketId = await newTicket(bed);
  const first = await post(ticketId).expect(201);
  expect(isReplay(first)).toBe(false);
  for (const at of instances) {
    const again = await post(ticketId.toUpperCase(), { at: at.url }).expect(201, first.body);
    expect(isReplay(again)).toBe(true);
    expect(again.headers).toMatchObject({ etag: '"0"', location: `/api/orders/${first.body.id}` });
  }
  expect(await ordersOf(ticketId)).toHaveLength(1);
  await request(url).post('/api/orders').set(as('bob')).send({ ticketId }).expect(409);
});

test('a repeat after the order was cancelled answers it as it was created, and orders nothing', async () => {
  const ticketId = await newTicket(bed);
  const { body } = await post(ticketId).expect(201);
  await cancel(body.id);
  await post(ticketId).expect(201, body);
  await order(url, ticketId, 'carol');
  await post(ticketId).expect(201, body);
  expect(await ordersOf(ticketId)).toHaveLength(2);
});

test('a repeat after the order expired, and after the price changed, too', async () => {
  const ticketId = await newTicket(bed);
  const { body } = await post(ticketId).expect(201);
  const changed = { id: ticketId, version: 1, title: 'Concert', price: 99, userId: 'alice', meta: newMeta() };
  await bed.publish('ticket:updated', changed);
  await waitFor(async () => (await replicaOf(bed, ticketId))?.['price'] === 99);
  now += 16 * 60_000;
  await waitFor(async () => (await ordersOf(ticketId))[0]?.['status'] === 'cancelled');
  await post(ticketId).expect(201, body);
});

test('422 for another ticket under the same key', async () => {
  const [one, other] = [await newTicket(bed), await newTicket(bed)];
  await post(one).expect(201);
  await post(other).expect(422);
  expect(await ordersOf(other)).toEqual([]);
});

test('a refusal is not kept: under its key the same request can be tried again', async () => {
  const ticketId = await newTicket(bed);
  const { id } = await order(url, ticketId);
  await post(ticketId, { user: 'carol' }).expect(409);
  await cancel(id);
  const { body } = await post(ticketId, { user: 'carol' }).expect(201);
  await post(ticketId, { user: 'carol' }).expect(201, body);
});

test('a ticket that is not known yet is 404, and with the same key 201 once it is', async () => {
  const id = newId();
  await post(id).expect(404);
  const state = { id, version: 0, title: 'Concert', price: 20, userId: 'alice', meta: newMeta() };
  await bed.publish('ticket:created', state);
  await waitFor(async () => (await replicaOf(bed, id)) !== null);
  await post(id).expect(201);
});

test('20 repeats each by 5 users at once on two instances: one order; the winner has it 20 times, the rest 409', async () => {
  const events = bed.events('order:created');
  const users = ['ann', 'ben', 'cleo', 'dan', 'eve'];
  for (let round = 0; round < 2; round += 1) {
    key = `at-once-${round}`;
    const ticketId = await newTicket(bed);
    const replies = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const user = users[n % 5] ?? '';
        const at = instances[n % 2 === 0 ? 0 : 1].url;
        return { user, reply: await past503(() => post(ticketId, { user, at })) };
      }),
    );
    const [winner, ...others] = new Set(replies.filter(({ reply }) => reply.status === 201).map(({ user }) => user));
    expect(others).toEqual([]);
    const bodies = replies.filter(({ user }) => user === winner).map(({ reply }) => reply.body);
    expect(bodies).toEqual(bodies.map(() => bodies[0]));
    expect(replies.filter(({ reply }) => reply.status === 201 && !isReplay(reply))).toHaveLength(1);
    expect(new Set(replies.filter(({ user }) => user !== winner).map(({ reply }) => reply.status))).toEqual(
      new Set([409]),
    );
    expect(await ordersOf(ticketId)).toHaveLength(1);
    await waitFor(() => events.some(({ ticket }) => ticket.id === ticketId));
    const recorded = events.filter(({ ticket }) => ticket.id === ticketId).map(({ meta }) => meta.id);
    expect(new Set(recorded).size).toBe(1); // the sweep of the other instance may publish it again
  }
});

test('repeats and cancels at once: a key makes one order, whatever number it would get', async () => {
  const ticketId = await newTicket(bed);
  const ids = new Set<string>();
  const buyer = async (n: number) => {
    const reply = await past503(() => post(ticketId, { at: instances[n % 2 === 0 ? 0 : 1].url }));
    expect(reply.status).toBe(201);
    ids.add(reply.body.id as string);
    await cancel(reply.body.id as string);
  };
  await Promise.all(Array.from({ length: 60 }, (_, n) => buyer(n)));
  expect(ids.size).toBe(1);
  expect(await ordersOf(ticketId)).toMatchObject([{ reservation: 1, status: 'cancelled' }]);
});

test('the insert happened, its reply was lost and the database stays away: 503, and a repeat finds the order', async () => {
  const proxy = await startTcpProxy(bed.databaseUri);
  const through = new URL(bed.databaseUri);
  through.port = String(proxy.port);
  const instance = await bed.start(startOrders, ordersConfig, { clock, env: { MONGO_URI: through.href } });
  const { url: at } = instance;
  const ticketId = await newTicket(bed);
  const lost = proxy.loseReplyTo((sent) => sent.includes('order:created')).then(() => (proxy.refuse = true));
  await post(ticketId, { at }).expect(503);
  await lost;
  proxy.refuse = false;
  const { body } = await post(ticketId).expect(201);
  expect(await ordersOf(ticketId)).toMatchObject([{ reservation: 1, status: 'created' }]);
  await waitFor(async () => (await post(ticketId, { at })).status === 201);
  await post(ticketId, { at }).expect(201, body);
  await instance.stop();
  await proxy.close();
});
