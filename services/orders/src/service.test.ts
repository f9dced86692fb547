import { sleep, type EventOf } from '@ticketing/common';
import { waitFor } from '@ticketing/testing';
import { newId, newMeta, TestBed } from '@ticketing/testing';
import { Types } from 'mongoose';
import request from 'supertest';
import { ordersConfig } from './config';
import { replicaOf } from './orders/orders.test.helper';
import { startOrders } from './service';

let bed: TestBed;
let url: string;

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startOrders, ordersConfig));
});
afterAll(() => bed.close());

test.each([
  ['get', '/api'],
  ['put', '/api/orders/aaaaaaaaaaaaaaaaaaaaaaaa'],
  ['delete', '/api/orders'],
  ['get', '/api/tickets'],
] as const)('404 for what is not here: %s %s', async (method, path) => {
  const { body } = await request(url)[method](path).expect(404);
  expect(body).toEqual({ errors: [{ message: `there is no ${method.toUpperCase()} ${path} here` }] });
});

test('health: ready, and 503 while it drains', async () => {
  const instance = await bed.start(startOrders, ordersConfig);
  const ready = { mongo: 'up', nats: 'up', draining: false };
  await waitFor(() => request(instance.url).get('/readyz').expect(200, ready));
  const stopping = instance.stop();
  await request(instance.url).get('/readyz').expect(503, { mongo: 'up', nats: 'up', draining: true });
  await stopping;
});

const replicas = () => bed.connection.collection('tickets');

/** Publishes a version of a ticket; the first one is its creation. */
async function publish(id: string, version: number, orderId?: string) {
  const state: EventOf<'ticket:updated'> = {
    ...{ id, version, title: `v${version}`, price: 10 + version, userId: 'alice', meta: newMeta() },
    ...(orderId && { orderId }),
  };
  await bed.publish(version === 0 ? 'ticket:created' : 'ticket:updated', state);
}

test('ticket events in any order, some twice, end in the last version of each ticket', async () => {
  const orders = [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [1, 0, 3, 2],
    [2, 2, 0, 0, 3, 1, 1],
    [3, 0, 2, 3, 1, 0],
  ];
  const tickets = orders.map((versions) => ({ id: newId(), versions }));
  await Promise.all(
    tickets.map(async ({ id, versions }) => {
      for (const version of versions) await publish(id, version);
    }),
  );
  for (const { id } of tickets) {
    const replica = await waitFor(async () => {
      const found = await replicaOf(bed, id);
      return found?.['version'] === 3 ? found : undefined;
    });
    const { parked = [], ...state } = replica;
    expect(parked).toEqual([]);
    expect(state).toEqual({ _id: expect.anything(), version: 3, title: 'v3', price: 13, userId: 'alice' });
  }
  await waitFor(async () => (await replicas().countDocuments({ 'parked.0': { $exists: true } })) === 0);
  expect(await bed.connection.collection('dead_letters').countDocuments()).toBe(0);
});

test('a version that is missing is waited for: the replica stays where it is until it comes', async () => {
  const id = newId();
  await publish(id, 0);
  await waitFor(async () => (await replicaOf(bed, id))?.['version'] === 0);
  await publish(id, 2, newId());
  await waitFor(() => replicas().countDocuments({ _id: new Types.ObjectId(id), 'parked.version': 2 }));
  await sleep(100);
  expect(await replicaOf(bed, id)).toMatchObject({ version: 0 });
  await publish(id, 1);
  await waitFor(async () => (await replicaOf(bed, id))?.['version'] === 2);
});
