import type { DeadLetter, StateOf } from '@ticketing/common';
import { z } from 'zod';
import type { Disagreement } from './report';

/**
 * What the auditor sees of the databases: raw documents, and the state that they should have published. It is computed
 * here and not by the services' own code, so that a fault there is not repeated here.
 */
export interface Documents {
  readonly tickets: readonly TicketDocument[];
  readonly orders: readonly OrderDocument[];
  /** The payments that orders has refused. */
  readonly refusals: readonly RefusalDocument[];
  /** The copies of the tickets in the database of orders: not those in which there is only something parked. */
  readonly replicas: readonly ReplicaDocument[];
  readonly parked: readonly Held<ParkedEvent>[];
  readonly deadLetters: readonly Held<DeadLetter>[];
  /** The tickets, orders and refusals that cannot be compared, and are in no list above: one disagreement for each. */
  readonly malformed: readonly Disagreement[];
}

/** A document of the consumer of this service. */
export interface Held<T> {
  readonly service: 'tickets' | 'orders';
  readonly document: T;
}

const owned = {
  _id: z.unknown(),
  version: z.int().min(0),
  outbox: z
    .array(z.object({ id: z.string(), subject: z.string(), event: z.looseObject({ version: z.int() }) }))
    .optional(),
  createdAt: z.date(),
};

/** The form that a ticket must have to be compared. */
export const ticketDocument = z.object({
  ...owned,
  title: z.string(),
  price: z.number(),
  userId: z.string(),
  reservation: z.object({
    number: z.int(),
    state: z.string(),
    orderId: z.string().nullish(),
    sold: z.boolean().nullish(),
  }),
});

/** The form that an order must have to be compared. */
export const orderDocument = z.object({
  ...owned,
  status: z.string(),
  userId: z.string(),
  expiresAt: z.date(),
  reservation: z.int(),
  ticket: z.object({ id: z.custom<unknown>((id) => id != null, 'it is missing'), price: z.number() }),
  paymentId: z.string().nullish(),
});

/** The form that a refused payment must have to be compared. Its `_id` is that of the payment. */
export const refusalDocument = z.object({
  ...owned,
  orderId: z.custom<unknown>((id) => id != null, 'it is missing'),
  amount: z.number(),
  reason: z.string(),
});

export type TicketDocument = Readonly<z.infer<typeof ticketDocument>>;
export type OrderDocument = Readonly<z.infer<typeof orderDocument>>;
export type RefusalDocument = Readonly<z.infer<typeof refusalDocument>>;

export interface ReplicaDocument extends Pick<TicketDocument, '_id' | 'version' | 'title' | 'price' | 'userId'> {
  readonly orderId?: string | null;
}

/** An event that waits in a replica. */
export interface ParkedEvent {
  readonly aggregateId: string;
  readonly version: number;
  readonly subject: string;
}

export function publicTicket(ticket: TicketDocument): StateOf<'ticket:updated'> {
  const { sold, state } = ticket.reservation;
  return { ...copyOf(ticket), ...(sold && state === 'held' && { sold }) };
}

/** What orders keeps of a ticket: not whether it is sold, which its own orders tell. */
export function copyOf(ticket: TicketDocument): StateOf<'ticket:updated'> {
  const { orderId, state } = ticket.reservation;
  return publicReplica({ ...ticket, orderId: state === 'held' ? (orderId ?? null) : null });
}

/** In the words of the event that a replica was made from. */
export function publicReplica(replica: ReplicaDocument): StateOf<'ticket:updated'> {
  const { _id, version, title, price, userId, orderId } = replica;
  return { id: String(_id), version, title, price, userId, ...(orderId && { orderId }) };
}

export function publicOrder({
  _id,
  ticket,
  ...order
}: OrderDocument): StateOf<'order:created' | 'order:cancelled' | 'order:completed'> {
  const { version, status, userId, expiresAt, reservation } = order;
  return {
    ...{ id: String(_id), version, status: status as 'created', userId, reservation },
    expiresAt: expiresAt.toISOString(),
    ticket: { id: String(ticket.id), price: ticket.price },
  };
}

export function publicRefusal(refusal: RefusalDocument): StateOf<'order:payment-refused'> {
  const { _id, version, orderId, amount, reason } = refusal;
  return { id: String(_id), version, orderId: String(orderId), paymentId: String(_id), amount, reason };
}

/** Cancelled and complete are terminal; every status but cancelled holds the ticket. */
export function isActive({ status }: Pick<OrderDocument, 'status'>): boolean {
  return status !== 'cancelled';
}
