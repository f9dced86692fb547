/** What the model knows of each ticket, order and payment of a history. */

export const USERS = ['alice', 'bob', 'carol'] as const;
export type User = (typeof USERS)[number];

/** The public state of a ticket at one version. */
export interface TicketState {
  readonly price: number;
  /** The order that holds it. */
  readonly heldBy: number | undefined;
  /** That order is complete. */
  readonly sold: boolean;
}

export interface Reservation {
  readonly number: number;
  readonly state: 'held' | 'sold' | 'released';
  readonly order: number | undefined;
}

export interface Ticket {
  readonly seller: User;
  /** What each version was; the last one is the present. */
  readonly versions: TicketState[];
  /** The greatest (number, held < sold < released) that tickets has heard of. */
  reservation: Reservation;
  /** The version that orders has of it. */
  replica: number | undefined;
  /** Versions that came to orders before their turn. */
  readonly parked: Set<number>;
}

export interface Order {
  readonly ticket: number;
  readonly buyer: User;
  /** The n-th order of its ticket. */
  readonly number: number;
  /** The price that orders knew when it was reserved. */
  readonly price: number;
  end: 'cancelled' | 'complete' | undefined;
  /** The payment that completed it. */
  paidBy: number | undefined;
}

export interface Payment {
  readonly order: number;
  readonly amount: number;
  /** Why orders has refused it. */
  refused: 'order-cancelled' | 'order-paid' | 'wrong-amount' | undefined;
}
