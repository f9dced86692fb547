import { newId, newMeta, type TestBed, testToken, waitFor } from '@ticketing/testing';
import { Types } from 'mongoose';

/** Headers of a signed-in caller. */
export function as(userId: string): { Authorization: string } {
  return { Authorization: `Bearer ${testToken(userId)}` };
}

/** Publishes an order as its owner would, at its first version or as a cancelled one, and waits for its replica. */
export async function publishOrder(bed: TestBed, status: 'created' | 'cancelled' = 'created', id = newId()) {
  const version = status === 'created' ? 0 : 1;
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const state = { id, version, userId: 'bob', expiresAt, reservation: 1, ticket: { id: newId(), price: 20 } };
  if (status === 'created') await bed.publish('order:created', { ...state, status, meta: newMeta() });
  else await bed.publish('order:cancelled', { ...state, status, meta: newMeta() });
  const replicas = bed.connection.collection('orders');
  await waitFor(() => replicas.countDocuments({ _id: new Types.ObjectId(id), version }));
  return id;
}
