import { type OrderStatus, replica, type ReplicaReader, type Whole } from '@ticketing/common';

/** The part of an order that payments needs. It is a copy: only events of its owner change it. */
export interface OrderReplicaFields {
  readonly userId: string;
  readonly status: OrderStatus;
  readonly price: number;
}

export type OrderReplica = ReplicaReader<OrderReplicaFields>;

/** Keeps the copies of the orders. */
export const orderReplica = replica({
  subjects: ['order:created', 'order:cancelled', 'order:completed'],
  collection: 'orders',
  state: ({ userId, status, ticket }): Whole<OrderReplicaFields> => ({ userId, status, price: ticket.price }),
});
