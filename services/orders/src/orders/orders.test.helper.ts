import { waitFor, newId, newMeta, type TestBed, testToken } from '@ticketing/testing';
import { Types } from 'mongoose';
import request from 'supertest';

/** Headers of a signed-in caller. */
export function as(userId: string): { Authorization: string } {
  return { Authorization: `Bearer ${testToken(userId)}` };
}

/** Makes orders see a ticket for sale: publishes its event and waits for the replica. Returns its id. */
export async function newTicket(bed: TestBed, price = 20): Promise<string> {
  const id = newId();
  await bed.publish('ticket:created', { id, version: 0, title: 'Concert', price, userId: 'alice', meta: newMeta() });
  await waitFor(async () => (await replicaOf(bed, id)) !== null);
  return id;
}

/** The replica of a ticket in the database. */
export async function replicaOf(bed: TestBed, id: string): Promise<Record<string, unknown> | null> {
  return bed.connection.collection('tickets').findOne({ _id: new Types.ObjectId(id) });
}

export interface Order {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly expiresAt: string;
  readonly reservation: number;
  readonly ticket: { readonly id: string; readonly price: number };
}

/** Publishes a payment of an order, as a service that takes payments would. Returns its id. */
export async function pay(bed: TestBed, orderId: string, { id = newId(), amount = 20 } = {}): Promise<string> {
  await bed.publish('payment:created', { id, version: 0, orderId, amount, meta: newMeta() });
  return id;
}

/** Orders a ticket. @throws when the answer is not 201 */
export async function order(url: string, ticketId: string, userId = 'bob'): Promise<Order> {
  const reply = await request(url).post('/api/orders').set(as(userId)).send({ ticketId }).expect(201);
  return reply.body as Order;
}
