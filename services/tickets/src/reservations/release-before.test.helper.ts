import {
  addRoute,
  ConflictError,
  currentUserOf,
  etagOf,
  ForbiddenError,
  type Listener,
  NotFoundError,
  objectIdOf,
  ownedAggregate,
  parseBody,
  type RunningService,
  sendNewest,
  type ServiceOverrides,
  startService,
  type StateOf,
  type Stored,
  ticketsApi,
  updateAggregate,
  withoutOutbox,
} from '@ticketing/common';
import type { Router } from 'express';
import { type Connection, Schema } from 'mongoose';
import type { TicketsConfig } from '../config';
import { createTicket } from '../tickets/create-ticket';
import type { TicketFields, TicketModel } from '../tickets/ticket';
import type { Reservation } from './reservation';

// The code of the release before `order:completed`, as it was: what is changed in the service today must not change it.

const rank = { held: 0, released: 1 } as const;

function nextReservation(current: Reservation, event: Reservation): Reservation | undefined {
  if (event.number !== current.number) return event.number > current.number ? event : undefined;
  return rank[event.state] > rank[current.state] ? event : undefined;
}

function ticketState(ticket: Stored<TicketFields>, version: number): StateOf<'ticket:updated'> {
  const { title, price, userId } = ticket;
  const { state, orderId } = ticket.reservation;
  return { id: String(ticket._id), version, title, price, userId, ...(state === 'held' && orderId && { orderId }) };
}

/** What its schema does not name, its code does not see, unless it reads past Mongoose. */
function ticketModel(connection: Connection): TicketModel {
  const required = true;
  const state = { type: String, enum: ['held', 'released'], required };
  const reservation = new Schema({ number: { type: Number, required }, state, orderId: String }, { _id: false });
  const ticket = new Schema<TicketFields>(
    {
      ...{ title: { type: String, required }, price: { type: Number, required }, userId: { type: String, required } },
      reservation: { type: reservation, default: { number: 0, state: 'released' } },
    },
    { timestamps: true },
  );
  ownedAggregate<TicketFields>(ticket as Schema, { state: ticketState });
  return connection.model('Ticket', ticket, 'tickets') as unknown as TicketModel;
}

async function applyReservation(Ticket: TicketModel, ticketId: string, event: Reservation) {
  const updated = await updateAggregate(Ticket, ticketId, (ticket) => {
    const next = nextReservation(ticket.reservation, event);
    if (!next) return undefined;
    ticket.reservation = next;
    return 'ticket:updated';
  });
  if (!updated) throw new Error(`order ${event.orderId ?? ''} reserves ticket ${ticketId}, which does not exist`);
  return updated.saved ? 'applied' : 'seen';
}

const onOrderCreated = (Ticket: TicketModel): Listener<'order:created'> => ({
  ...{ subject: 'order:created', ordering: 'any-order', key: ({ ticket }) => ticket.id },
  handle: ({ id, ticket, reservation }) =>
    applyReservation(Ticket, ticket.id, { number: reservation, state: 'held', orderId: id }),
});

const onOrderCancelled = (Ticket: TicketModel): Listener<'order:cancelled'> => ({
  ...{ subject: 'order:cancelled', ordering: 'any-order', key: ({ ticket }) => ticket.id },
  handle: ({ ticket, reservation }) => applyReservation(Ticket, ticket.id, { number: reservation, state: 'released' }),
});

function listAndShow(router: Router, Ticket: TicketModel): void {
  addRoute(router, ticketsApi.list, async (req, res) => {
    await sendNewest({ req, res }, Ticket, { 'reservation.state': 'released' }, (ticket) =>
      ticketState(ticket, ticket.version),
    );
  });
  addRoute(router, ticketsApi.show, async (req, res) => {
    const id = objectIdOf(req.params['id'], 'no such ticket');
    const ticket = await Ticket.findById(id, withoutOutbox).lean<Stored<TicketFields>>();
    if (!ticket) throw new NotFoundError('no such ticket');
    res.set('ETag', etagOf(ticket.version)).json(ticketState(ticket, ticket.version));
  });
}

function update(router: Router, Ticket: TicketModel): void {
  addRoute(router, ticketsApi.update, async (req, res) => {
    const id = objectIdOf(req.params['id'], 'no such ticket');
    const input = parseBody(ticketsApi.update.body, req);
    const updated = await updateAggregate(Ticket, id, (ticket) => {
      if (ticket.userId !== currentUserOf(req).id) throw new ForbiddenError('only its owner can change a ticket');
      if (ticket.reservation.state === 'held')
        throw new ConflictError('the ticket is reserved: it cannot be changed now');
      ticket.set(input);
      return 'ticket:updated';
    });
    if (!updated) throw new NotFoundError('no such ticket');
    res.json(ticketState(updated.document, updated.document.version));
  });
}

/** A pod of the release before: it does not listen to `order:completed`. */
export function startBefore(config: TicketsConfig, overrides: ServiceOverrides): Promise<RunningService> {
  return startService({
    ...{ name: 'tickets', config, ...overrides },
    assemble: ({ connection, createOnce }) => {
      const Ticket = ticketModel(connection);
      return {
        owned: [Ticket],
        reEmitted: [],
        listeners: [onOrderCreated(Ticket), onOrderCancelled(Ticket)],
        routes: (router) => {
          createTicket(router, Ticket, createOnce); // a ticket without an order: the same
          listAndShow(router, Ticket);
          update(router, Ticket);
        },
      };
    },
  });
}
