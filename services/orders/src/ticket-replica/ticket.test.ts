import { newId, newMeta, TestBed } from '@ticketing/testing';
import { waitFor } from '@ticketing/testing';
import request from 'supertest';
import { ordersConfig } from '../config';
import { as, replicaOf } from '../orders/orders.test.helper';
import { startOrders } from '../service';

let bed: TestBed;
let url: string;
let id: string;

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startOrders, ordersConfig));
});
beforeEach(() => {
  id = newId();
});
afterAll(() => bed.close());

const publish = (version: number, more: { orderId?: string } = {}) =>
  bed.publish(version === 0 ? 'ticket:created' : 'ticket:updated', {
    ...{ id, version, title: `v${version}`, price: 10 + version, userId: 'alice', meta: newMeta() },
    ...more,
  });
const replicaIs = (version: number) =>
  waitFor(async () => {
    const found = await replicaOf(bed, id);
    return found?.['version'] === version ? found : undefined;
  });

test('the whole state is replaced: an orderId comes and goes', async () => {
  const orderId = newId();
  await publish(0);
  await replicaIs(0); // the next one is in another channel and may overtake it
  await publish(1, { orderId });
  expect(await replicaIs(1)).toMatchObject({ title: 'v1', orderId });
  await publish(2);
  expect(await replicaIs(2)).toEqual({ _id: expect.anything(), version: 2, title: 'v2', price: 12, userId: 'alice' });
});

test('a ticket with only later events is not there: not for an order, not in a list, not in the metrics', async () => {
  await publish(2);
  await publish(1);
  expect((await replicaIs(-1))['parked']).toBeDefined();
  await waitFor(async () => ((await replicaIs(-1))['parked'] as unknown[]).length === 2);
  const post = () => request(url).post('/api/orders').set(as('bob')).send({ ticketId: id });
  expect((await post().expect(404)).body).toEqual({ errors: [{ message: 'no such ticket' }] });
  await post().set('Idempotency-Key', 'early').expect(404);
  await request(url).get(`/api/orders/${id}`).set(as('bob')).expect(404);
  expect((await request(url).get('/api/orders').set(as('bob')).expect(200)).body).toEqual([]);
  const metrics = (await request(url).get('/metrics').expect(200)).text;
  expect(metrics).toContain('ticketing_parked_events{group="orders-service",service="orders"} 2\n');
  expect(metrics).not.toContain(id);

  await publish(0);
  await replicaIs(2);
  await post().expect(201);
});
