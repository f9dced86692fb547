import type { Reservation } from './reservation';

type What = 'created' | 'cancelled' | 'completed';

/** A is the first order of the ticket, B the second. */
export type OrderEvent = `${'A' | 'B'} ${What}`;

export const orderIds = { A: 'a'.repeat(24), B: 'b'.repeat(24) } as const;

export function reservationOf(event: OrderEvent): Reservation {
  const [order, what] = event.split(' ') as ['A' | 'B', What];
  const number = order === 'A' ? 1 : 2;
  if (what === 'cancelled') return { number, state: 'released' };
  return { number, state: 'held', orderId: orderIds[order], ...(what === 'completed' && { sold: true }) };
}
