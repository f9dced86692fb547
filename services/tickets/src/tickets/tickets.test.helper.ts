import { newId, newMeta, type TestBed, testToken } from '@ticketing/testing';
import request from 'supertest';

/** Headers of a signed-in caller. */
export function as(userId: string): { Authorization: string } {
  return { Authorization: `Bearer ${testToken(userId)}` };
}

/** Puts tickets up for sale, one after the other, and returns their ids, oldest first. */
export async function sell(url: string, titles: readonly string[], userId = 'alice'): Promise<string[]> {
  const ids: string[] = [];
  for (const title of titles) {
    const reply = await request(url).post('/api/tickets').set(as(userId)).send({ title, price: 20 }).expect(201);
    ids.push((reply.body as { id: string }).id);
  }
  return ids;
}

/** Publishes what orders would publish about the n-th order of a ticket. */
export async function publishOrder(
  bed: TestBed,
  status: 'created' | 'cancelled' | 'complete',
  { ticketId, reservation, orderId = newId() }: { ticketId: string; reservation: number; orderId?: string },
): Promise<string> {
  const state = {
    id: orderId,
    version: status === 'created' ? 0 : 1,
    userId: 'bob',
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
    reservation,
    ticket: { id: ticketId, price: 20 },
    meta: newMeta(),
  };
  if (status === 'created') await bed.publish('order:created', { ...state, status });
  else if (status === 'complete') await bed.publish('order:completed', { ...state, status });
  else await bed.publish('order:cancelled', { ...state, status });
  return orderId;
}
