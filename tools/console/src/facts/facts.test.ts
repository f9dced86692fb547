import { encodeEvent } from '@ticketing/common';
import { dropAndClose, newId, newMeta, openUntil, testBroker, testConnection } from '@ticketing/testing';
import { perServiceSettled } from '@ticketing/services';
import { Types } from 'mongoose';
import { Facts } from './facts';
import type { Databases } from './look-at-databases';

const open = openUntil(afterAll);
let databases: Databases;
let broker: Awaited<ReturnType<typeof testBroker>>;
let facts: Facts;

beforeAll(async () => {
  databases = await perServiceSettled(async () => open(await testConnection(), dropAndClose));
  broker = open(await testBroker(), (opened) => opened.close());
  facts = open(new Facts({ databases, broker, engine: 'streaming', monitorUrl: undefined }), (opened) =>
    opened.close(),
  );
});

const id = newId();
const ticket = { id, version: 1, title: 'Concert', price: 20, userId: 'alice' };
const kindsOf = () => facts.history.after(0).map(({ kind, where, version }) => [kind, where, version]);

test('without any line it tells what the channels hold, and the whole message of a step', async () => {
  const event = { ...ticket, meta: newMeta() };
  await broker.publish('ticket:updated', encodeEvent('ticket:updated', event));
  await broker.publish('ticket:updated', 'no JSON');
  await broker.publish('ticket:updated', JSON.stringify({ ...ticket, version: 2 }));
  await facts.look();
  expect(kindsOf()).toEqual([
    ['saved', 'tickets', 1],
    ['published', 'tickets', 1],
    ['published', 'outside', undefined],
    ['published', 'outside', 2],
  ]);
  const wanted = { subject: 'ticket:updated', aggregateId: id, version: 1 };
  expect(JSON.parse((await facts.message(wanted)) ?? '')).toEqual(event);
  expect(await facts.message({ ...wanted, version: 7 })).toBeUndefined();
});

test('it shows owner, replica, what is parked and what waits in outboxes, and tells what has changed since', async () => {
  const _id = new Types.ObjectId(id);
  const from = { group: 'orders-service', channel: 'ticket:updated', sequence: 1, storedAt: 1 };
  const at = new Date();
  await databases.tickets.collection('tickets').insertOne({
    ...{ _id, version: 3, title: 'Concert', price: 20, userId: 'alice' },
    ...{ reservation: { number: 1, state: 'held' }, outbox: [{ id: 'x', at }] },
  });
  const copies = databases.orders.collection('tickets');
  await copies.insertOne({ _id, version: 1, title: 'Concert', price: 20, userId: 'alice' });
  await facts.look();
  await copies.updateOne({ _id }, { $set: { parked: [{ version: 3, event: '{}', at, from }] } });
  await facts.look();
  expect(facts.last).toMatchObject({
    tickets: [{ id, version: 3, replicaVersion: 1, parked: [3], outbox: 1, held: true, reservation: 1 }],
    outbox: { tickets: 1, orders: 0 },
    parked: [{ keeper: 'orders', aggregateId: id, version: 3, waitsFor: 'version 2' }],
    away: [],
  });
  await copies.updateOne({ _id }, { $set: { version: 3, parked: [] } });
  await facts.look();
  expect(kindsOf().slice(-3)).toEqual([
    ['applied', 'orders', 1],
    ['parked', 'orders', 3],
    ['applied', 'orders', 3],
  ]);
});

test('a service whose lines are handed in is not told by looks as well', async () => {
  facts.line('orders', JSON.stringify({ level: 20, time: new Date(), msg: 'delivered', channel: 'ticket:created' }));
  const before = kindsOf().length;
  await databases.orders.collection('tickets').updateOne({}, { $set: { version: 4 } });
  await facts.look();
  expect(kindsOf().length).toBe(before);
});
