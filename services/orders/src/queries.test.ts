import { reEmit } from '@ticketing/common';
import { newId, newMeta, type TestBed, waitFor } from '@ticketing/testing';
import { testQueries } from '@ticketing/testing/suites';
import type { Connection } from 'mongoose';
import request from 'supertest';
import { ordersConfig } from './config';
import { orderModel, reEmittedOrders } from './orders/order';
import { as, newTicket, order, pay, replicaOf } from './orders/orders.test.helper';
import { reEmittedRefusals, refusalModel } from './payments/refusal';
import { startOrders } from './service';

let now = Date.now();

async function useAll(bed: TestBed, url: string, connection: Connection): Promise<void> {
  const ids: string[] = [];
  const first = await newTicket(bed);
  ids.push((await order(url, first)).id);
  while (ids.length < 8) ids.push((await order(url, await newTicket(bed))).id);
  const asBob = (path: string) => request(url).get(path).set(as('bob')).expect(200);
  await asBob(`/api/orders/${ids[0]}`);
  await asBob('/api/orders?limit=3');
  await asBob(`/api/orders?limit=3&cursor=${ids[5]}`);
  await request(url).delete(`/api/orders/${ids[0]}`).set(as('bob')).expect(204);
  await order(url, first); // once more: which number is next?
  await pay(bed, ids[1] ?? '');
  await waitFor(async () => (await asBob(`/api/orders/${ids[1]}`)).body.status === 'complete');
  await pay(bed, newId());
  const refusals = bed.connection.collection('payment_refusals');
  await waitFor(async () => (await refusals.countDocuments({ outbox: { $size: 0 } })) === 1);
  const emission = { ...reEmittedRefusals(refusalModel(connection)), publisher: bed };
  expect([await reEmit(emission), await reEmit({ ...emission, since: new Date(0) })]).toEqual([1, 1]);
  now += 60_000; // the others expire
  await waitFor(async () => (await asBob(`/api/orders/${ids[7]}`)).body.status === 'cancelled');

  const id = await newTicket(bed);
  const late = { id, version: 3, title: 'After a gap', price: 20, userId: 'alice' };
  await bed.publish('ticket:updated', { ...late, meta: newMeta() });
  await waitFor(async () => (await replicaOf(bed, id))?.['version'] === 3); // over the gap, when its patience is over
  await bed.publish('ticket:updated', { ...late, version: 9, meta: { ...newMeta(), snapshot: true } });
  await waitFor(async () => (await replicaOf(bed, id))?.['version'] === 9);
}

testQueries({
  name: 'orders',
  start: startOrders,
  config: ordersConfig,
  settings: {
    env: { ORDER_EXPIRY_SWEEP_MS: '50', ACK_WAIT_MS: '1000', GAP_PATIENCE_MS: '3000', ORDER_WINDOW_MS: '60000' },
    clock: () => new Date(now),
  },
  useAll,
  reEmitted: (connection) => reEmittedOrders(orderModel(connection)),
  aggregates: 9,
  asked: [
    'find parked_events: _id $gte $lt',
    'find orders: ; sort _id 1',
    'find orders: _id',
    'find orders: outbox.at $gt',
    'find orders: outbox.at $lt',
    'find orders: paymentId, status',
    'find orders: status, expiresAt $lte',
    'find orders: status, expiresAt $lte; sort expiresAt 1',
    'find orders: ticket.id; sort reservation -1',
    'find orders: userId, _id $lt; sort _id -1',
    'find orders: userId; sort _id -1',
    'find orders: updatedAt $gte $lt; sort updatedAt 1',
    'find orders: updatedAt $gte; sort updatedAt 1',
    'find payment_refusals: _id',
    'find payment_refusals: outbox.at $gt',
    'find payment_refusals: outbox.at $lt',
    'find payment_refusals: ; sort _id 1',
    'find payment_refusals: updatedAt $gte; sort updatedAt 1',
    'find payment_refusals: updatedAt $gte; sort updatedAt -1',
    'find tickets: _id',
    'find tickets: _id, version $gte, ended $exists',
    'find tickets: parked.at $gt',
    'find re_emissions: _id',
    'update re_emissions: _id',
    'update orders: _id',
    'update orders: _id, version',
    'update payment_refusals: _id',
    'findAndModify tickets: _id, version',
    'update tickets: _id, version $lt, parked.0 $exists',
    'update tickets: _id, version $lt, parked.version $ne, parked.99 $exists',
    'update tickets: _id, version, parked.0 $exists',
  ],
  without: {
    indexes: ['one_order_per_ticket_and_number', 'one_order_per_payment', 'userId_1__id_-1', 'status_1_expiresAt_1'],
    unserved: [
      'find orders: paymentId, status',
      'find orders: status, expiresAt $lte',
      'find orders: status, expiresAt $lte; sort expiresAt 1',
      'find orders: ticket.id; sort reservation -1',
      'find orders: userId, _id $lt; sort _id -1',
      'find orders: userId; sort _id -1',
    ],
  },
});
