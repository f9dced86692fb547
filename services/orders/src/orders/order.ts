import {
  type OrderStatus,
  orderStatuses,
  ownedAggregate,
  type OwnedDocument,
  type OwnedModel,
  type ReEmitted,
  type StateOf,
  type Stored,
  type UniqueIndex,
} from '@ticketing/common';
import { type Connection, Schema, Types } from 'mongoose';

/** The state of an order, besides its version and outbox. */
export interface OrderFields {
  userId: string;
  status: OrderStatus;
  expiresAt: Date;
  /** This is the n-th order of its ticket, from 1. */
  reservation: number;
  /** The ticket, at the price that was reserved. */
  ticket: { id: Types.ObjectId; price: number };
  /** The payment that completed it; only then. */
  paymentId?: string;
}

/** The events of an order. */
export type OrderSubject = 'order:created' | 'order:cancelled' | 'order:completed';

export type OrderDocument = OwnedDocument<OrderFields>;
export type OrderModel = OwnedModel<OrderFields>;

/** The database accepts one of two orders with the same number for one ticket. */
export const ONE_PER_NUMBER: UniqueIndex = {
  name: 'one_order_per_ticket_and_number',
  key: { 'ticket.id': 1, reservation: -1 },
};

/** The database accepts one of two orders with the same payment. */
export const ONE_PER_PAYMENT: UniqueIndex = { name: 'one_order_per_payment', key: { paymentId: 1 } };

const orderSchema = new Schema<OrderFields>(
  {
    userId: { type: String, required: true },
    status: { type: String, enum: orderStatuses, required: true },
    expiresAt: { type: Date, required: true },
    reservation: { type: Number, required: true },
    ticket: { type: new Schema({ id: Types.ObjectId, price: Number }, { _id: false, id: false }), required: true },
    paymentId: String,
  },
  { timestamps: true },
);
orderSchema.index(ONE_PER_NUMBER.key, { unique: true, name: ONE_PER_NUMBER.name });
orderSchema.index(ONE_PER_PAYMENT.key, { unique: true, sparse: true, name: ONE_PER_PAYMENT.name });
orderSchema.index({ userId: 1, _id: -1 });
orderSchema.index({ status: 1, expiresAt: 1 });
orderSchema.index({ updatedAt: 1 });
ownedAggregate<OrderFields>(orderSchema as Schema, { state: orderState });

/** The public state of an order at a version, as its events and its HTTP replies show it. */
export function orderState(order: Stored<OrderFields>, version: number): StateOf<OrderSubject> {
  const { userId, status, reservation, ticket } = order;
  return {
    id: String(order._id),
    version,
    // The contract of each event names the one status that it may carry; it is checked when the event is recorded.
    status: status as 'created',
    userId,
    expiresAt: order.expiresAt.toISOString(),
    reservation,
    ticket: { id: String(ticket.id), price: ticket.price },
  };
}

/** Cancelled and complete are terminal; every status but cancelled holds the ticket. */
export function isActive(order: Pick<OrderFields, 'status'>): boolean {
  return order.status !== 'cancelled';
}

/** The event that tells the present state of an order. */
export function subjectOf({ status }: Pick<OrderFields, 'status'>): OrderSubject {
  if (status === 'complete') return 'order:completed';
  return status === 'cancelled' ? 'order:cancelled' : 'order:created';
}

/** The model on one connection; each service instance has its own. */
export function orderModel(connection: Connection): OrderModel {
  return connection.model('Order', orderSchema, 'orders') as unknown as OrderModel;
}

/** How orders publishes the present state of its orders again. */
export function reEmittedOrders(model: OrderModel): ReEmitted<OrderFields> {
  return { model, subject: subjectOf, state: orderState };
}
