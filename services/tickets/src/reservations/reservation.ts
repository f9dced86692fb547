/** The latest order of a ticket: its number (the n-th order of the ticket), and whether it still holds the ticket. */
export interface Reservation {
  readonly number: number;
  readonly state: 'held' | 'released';
  /** The order that holds the ticket; only while held. */
  readonly orderId?: string | undefined;
  /**
   * True: that order is complete. It is beside `held`, and no state of its own, because a pod of the release before knows
   * `held` only: it neither lists nor changes such a ticket.
   */
  readonly sold?: true | undefined;
}

/** The reservation of a ticket without orders. */
export const neverReserved: Reservation = { number: 0, state: 'released' };

/**
 * An order ends sold or released, never both: each is terminal. A released order is the greater one, because only a pod of
 * the release before cancels a complete order, and then that is what orders has.
 */
function rankOf({ state, sold }: Reservation): number {
  if (state === 'released') return 2;
  return sold ? 1 : 0;
}

/**
 * The new reservation of a ticket after an order event: the greater of the two by (number, held < sold < released), or
 * undefined when the event changes nothing. Only the greatest counts, so any order of arrival, with any duplicates,
 * ends in the same reservation.
 */
export function nextReservation(current: Reservation, event: Reservation): Reservation | undefined {
  if (event.number !== current.number) return event.number > current.number ? event : undefined;
  return rankOf(event) > rankOf(current) ? event : undefined;
}
