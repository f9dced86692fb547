import { deadLetterStore } from '@ticketing/common';
import { newId, type TestBed, waitFor } from '@ticketing/testing';
import { testQueries } from '@ticketing/testing/suites';
import type { Connection } from 'mongoose';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { reEmittedTickets, ticketModel } from './tickets/ticket';
import { as, publishOrder, sell } from './tickets/tickets.test.helper';

let now = Date.now();

async function useAll(bed: TestBed, url: string, connection: Connection): Promise<void> {
  const ids = await sell(
    url,
    Array.from({ length: 12 }, (_, n) => `Concert ${n}`),
  );
  const [ticketId = ''] = ids;
  await request(url).put(`/api/tickets/${ticketId}`).set(as('alice')).send({ title: 'New', price: 1 }).expect(200);
  await request(url).get(`/api/tickets/${ticketId}`).expect(200);
  await request(url).get('/api/tickets?limit=3').expect(200);
  await request(url).get(`/api/tickets?limit=3&cursor=${ids[6]}`).expect(200);
  await publishOrder(bed, 'created', { ticketId, reservation: 1 });
  await waitFor(async () => (await request(url).get(`/api/tickets/${ticketId}`)).body.orderId);
  await useKey(url);
  await publishOrder(bed, 'created', { ticketId: newId(), reservation: 1 });

  const letters = deadLetterStore(connection);
  const [letter] = await waitFor(async () => {
    const found = await letters.list();
    return found.length > 0 && found;
  });
  await letters.show(letter?._id ?? '');
  await letters.redrive(letter?._id ?? '');
  await waitFor(async () => (await letters.show(letter?._id ?? ''))?.state === 'dead');
  await letters.drop(letter?._id ?? '');
}

/** Uses a key until it is over, and then again. */
async function useKey(url: string): Promise<void> {
  const keyed = () => request(url).post('/api/tickets').set(as('alice')).set('Idempotency-Key', 'key');
  const atOnce = Array.from({ length: 10 }, () => keyed().send({ title: 'Concert 13', price: 1 }).expect(201));
  await Promise.all(atOnce);
  now += 24 * 3600 * 1_000;
  await keyed().send({ title: 'Concert 14', price: 1 }).expect(201);
}

testQueries({
  name: 'tickets',
  start: startTickets,
  config: ticketsConfig,
  settings: { env: { MAX_ATTEMPTS: '1' }, clock: () => new Date(now) },
  useAll,
  reEmitted: (connection) => reEmittedTickets(ticketModel(connection)),
  aggregates: 14,
  asked: [
    'delete dead_letters: _id',
    'delete delivery_failures: _id',
    'delete idempotency_keys: _id, aggregateId',
    'delete leases: _id, holder',
    'find channel_positions: _id',
    'find dead_letters: ; sort deadAt 1',
    'find dead_letters: _id',
    'find dead_letters: group, state, notBefore $not; sort deadAt 1',
    'find tickets: ; sort _id 1',
    'find tickets: _id',
    'find tickets: outbox.at $gt',
    'find tickets: outbox.at $lt',
    'find tickets: reservation.state, _id $lt; sort _id -1',
    'find tickets: reservation.state; sort _id -1',
    'find tickets: updatedAt $gte $lt; sort updatedAt 1',
    'find tickets: updatedAt $gte; sort updatedAt 1',
    'findAndModify delivery_failures: _id',
    'findAndModify idempotency_keys: _id',
    'update dead_letters: _id',
    'find re_emissions: _id',
    'update re_emissions: _id',
    'update leases: _id, $or(holder, until $lt)',
    'update tickets: _id',
    'update tickets: _id, version',
  ],
  without: {
    indexes: ['reservation.state_1__id_-1', 'outbox_pending'],
    unserved: [
      'find tickets: outbox.at $gt',
      'find tickets: outbox.at $lt',
      'find tickets: reservation.state, _id $lt; sort _id -1',
      'find tickets: reservation.state; sort _id -1',
    ],
  },
});
