import { replica, type ReplicaReader, type Whole } from '@ticketing/common';

/** The part of a ticket that orders needs. It is a copy: tickets owns it, and only events of tickets change it. */
export interface TicketReplicaFields {
  readonly title: string;
  readonly price: number;
  readonly userId: string;
  readonly orderId?: string;
}

export type TicketReplica = ReplicaReader<TicketReplicaFields>;

/** Keeps the copies of the tickets. */
export const ticketReplica = replica({
  subjects: ['ticket:created', 'ticket:updated'],
  collection: 'tickets',
  state: (event): Whole<TicketReplicaFields> => {
    const { title, price, userId } = event;
    return { title, price, userId, orderId: 'orderId' in event ? event.orderId : undefined };
  },
});
