import type { Reservation } from './reservation';

/** A is the first order of the ticket, B the second. */
export type OrderEvent = `${'A' | 'B'} ${'created' | 'cancelled'}`;

export const orderIds = { A: 'a'.repeat(24), B: 'b'.repeat(24) } as const;

export function reservationOf(event: OrderEvent): Reservation {
  const [order, what] = event.split(' ') as ['A' | 'B', 'created' | 'cancelled'];
  const number = order === 'A' ? 1 : 2;
  return what === 'created' ? { number, state: 'held', orderId: orderIds[order] } : { number, state: 'released' };
}

/** Every order in which the events can come, without repetitions for equal events. */
export function orderings(events: readonly OrderEvent[]): OrderEvent[][] {
  if (events.length === 0) return [[]];
  return [...new Set(events)].flatMap((first) => {
    const index = events.indexOf(first);
    const rest = [...events.slice(0, index), ...events.slice(index + 1)];
    return orderings(rest).map((ordering) => [first, ...ordering]);
  });
}

/** Every sequence of deliveries in which any one of these events is delivered twice. */
export function sequencesWithDuplicate(events: readonly OrderEvent[]): OrderEvent[][] {
  return distinct(events.map((duplicate) => [...events, duplicate]));
}

/**
 * Every sequence of handler calls for these events, when one of them is delivered twice and a process dies at most
 * once, at any point. If it dies before the write of an event, the handler is called for that event only later, which
 * is another order. If it dies after the write and before the ack, the handler is called for that event once more, at
 * any later point.
 */
export function sequencesWithDuplicateAndCrash(events: readonly OrderEvent[]): OrderEvent[][] {
  const withDuplicate = events.map((duplicate) => [...events, duplicate]);
  const withCrash = withDuplicate.flatMap((delivered) => events.map((again) => [...delivered, again]));
  return distinct([...withDuplicate, ...withCrash]);
}

function distinct(deliveries: readonly OrderEvent[][]): OrderEvent[][] {
  return [...new Map(deliveries.flatMap(orderings).map((sequence) => [sequence.join(), sequence])).values()];
}
