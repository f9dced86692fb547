/** The latest order of a ticket, by number: the n-th order of its ticket, and whether it still holds it. */
export interface Reservation {
  readonly number: number;
  readonly state: 'held' | 'released';
  /** The order that holds it; only while held. */
  readonly orderId?: string | undefined;
}

/** A ticket that nobody has ordered yet. */
export const neverReserved: Reservation = { number: 0, state: 'released' };

const rank = { held: 0, released: 1 } as const;

/**
 * What becomes of a ticket's reservation when an order event arrives: the greater of the two by (number, held < released),
 * or undefined when the event changes nothing. Only the greatest counts, so any order of arrival, with any duplicates, ends
 * in the same reservation.
 */
export function nextReservation(current: Reservation, event: Reservation): Reservation | undefined {
  if (event.number !== current.number) return event.number > current.number ? event : undefined;
  return rank[event.state] > rank[current.state] ? event : undefined;
}
