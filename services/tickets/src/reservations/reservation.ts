/** The latest order of a ticket: its number (the n-th order of the ticket), and whether it still holds the ticket. */
export interface Reservation {
  readonly number: number;
  readonly state: 'held' | 'released';
  /** The order that holds the ticket; only while held. */
  readonly orderId?: string | undefined;
}

/** The reservation of a ticket without orders. */
export const neverReserved: Reservation = { number: 0, state: 'released' };

const rank = { held: 0, released: 1 } as const;

/**
 * The new reservation of a ticket after an order event: the greater of the two by (number, held < released), or
 * undefined when the event changes nothing. Only the greatest counts, so any order of arrival, with any duplicates,
 * ends in the same reservation.
 */
export function nextReservation(current: Reservation, event: Reservation): Reservation | undefined {
  if (event.number !== current.number) return event.number > current.number ? event : undefined;
  return rank[event.state] > rank[current.state] ? event : undefined;
}
