import {
  ownedAggregate,
  type OwnedDocument,
  type OwnedModel,
  type ReEmitted,
  type StateOf,
  type Stored,
} from '@ticketing/common';
import { type Connection, Schema } from 'mongoose';
import { neverReserved, type Reservation } from '../reservations/reservation';

/** The state of a ticket, besides its version and outbox. */
export interface TicketFields {
  title: string;
  price: number;
  userId: string;
  /** The latest known order of this ticket, and whether it still holds the ticket. */
  reservation: Reservation;
}

export type TicketDocument = OwnedDocument<TicketFields>;
export type TicketModel = OwnedModel<TicketFields>;

const reservation = new Schema(
  {
    number: { type: Number, required: true },
    state: { type: String, enum: ['held', 'released'], required: true },
    orderId: String,
    sold: Boolean,
  },
  { _id: false },
);

const ticketSchema = new Schema<TicketFields>(
  {
    title: { type: String, required: true },
    price: { type: Number, required: true },
    userId: { type: String, required: true },
    reservation: { type: reservation, default: neverReserved },
  },
  { timestamps: true },
);
// For the list: tickets that are not held, newest first.
ticketSchema.index({ 'reservation.state': 1, _id: -1 });
ticketSchema.index({ updatedAt: 1 });
ownedAggregate<TicketFields>(ticketSchema as Schema, { state: ticketState });

/** The public state of a ticket at a version, as its events and its HTTP replies show it. */
export function ticketState(ticket: Stored<TicketFields>, version: number): StateOf<'ticket:updated'> {
  const { title, price, userId } = ticket;
  const { state, orderId, sold } = ticket.reservation;
  return {
    ...{ id: String(ticket._id), version, title, price, userId },
    ...(state === 'held' && orderId && { orderId, ...(sold && { sold }) }),
  };
}

/** The model on one connection; each service instance has its own. */
export function ticketModel(connection: Connection): TicketModel {
  return connection.model('Ticket', ticketSchema, 'tickets') as unknown as TicketModel;
}

/** How tickets publishes the present state of its tickets again. */
export function reEmittedTickets(model: TicketModel): ReEmitted<TicketFields> {
  return { model, subject: () => 'ticket:updated', state: ticketState };
}
