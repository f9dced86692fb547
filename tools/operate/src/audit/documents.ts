import type { DeadLetter, StateOf } from '@ticketing/common';

/**
 * What the auditor sees of the databases: raw documents, and what they should have told the world, worked out here and not
 * by the services' own code, so that a fault there is not repeated here.
 */
export interface Documents {
  readonly tickets: readonly TicketDocument[];
  readonly orders: readonly OrderDocument[];
  /** The copies of the tickets in the database of orders. */
  readonly replicas: readonly ReplicaDocument[];
  readonly parked: readonly Held<ParkedDocument>[];
  readonly deadLetters: readonly Held<DeadLetter>[];
}

/** A document of the consumer of this service. */
export interface Held<T> {
  readonly service: 'tickets' | 'orders';
  readonly document: T;
}

interface OwnedDocument {
  readonly _id: unknown;
  readonly version: number;
  readonly outbox?: readonly { readonly id: string; readonly subject: string; readonly event: { version: number } }[];
  readonly createdAt: Date;
}

export interface TicketDocument extends OwnedDocument {
  readonly title: string;
  readonly price: number;
  readonly userId: string;
  readonly reservation: { readonly number: number; readonly state: string; readonly orderId?: string | null };
}

export interface OrderDocument extends OwnedDocument {
  readonly status: string;
  readonly userId: string;
  readonly expiresAt: Date;
  readonly reservation: number;
  readonly ticket: { readonly id: unknown; readonly price: number };
}

export interface ReplicaDocument extends Pick<TicketDocument, '_id' | 'version' | 'title' | 'price' | 'userId'> {
  readonly orderId?: string | null;
}

export interface ParkedDocument {
  readonly aggregateId: string;
  readonly version: number;
  readonly subject: string;
}

export function publicTicket(ticket: TicketDocument): StateOf<'ticket:updated'> {
  const { orderId, state } = ticket.reservation;
  return publicReplica({ ...ticket, orderId: state === 'held' ? (orderId ?? null) : null });
}

/** In the words of the event that a replica was made from. */
export function publicReplica(replica: ReplicaDocument): StateOf<'ticket:updated'> {
  const { _id, version, title, price, userId, orderId } = replica;
  return { id: String(_id), version, title, price, userId, ...(orderId && { orderId }) };
}

export function publicOrder({ _id, ticket, ...order }: OrderDocument): StateOf<'order:created' | 'order:cancelled'> {
  const { version, status, userId, expiresAt, reservation } = order;
  return {
    ...{ id: String(_id), version, status: status as 'created', userId, reservation },
    expiresAt: expiresAt.toISOString(),
    ticket: { id: String(ticket.id), price: ticket.price },
  };
}

/** Cancelled is terminal; every other status holds the ticket. */
export function isActive({ status }: Pick<OrderDocument, 'status'>): boolean {
  return status !== 'cancelled';
}
