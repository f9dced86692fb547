import {
  addRoute,
  ConflictError,
  currentUserOf,
  etagOf,
  ForbiddenError,
  NotFoundError,
  objectIdOf,
  parseBody,
  requireMatch,
  ticketsApi,
  updateAggregate,
} from '@ticketing/common';
import type { Router } from 'express';
import { type TicketModel, ticketState } from './ticket';

/**
 * `PUT /api/tickets/:id`: the owner changes title and price, unless an order holds the ticket or has bought it.
 * `If-Match` is honoured.
 */
export function updateTicket(router: Router, Ticket: TicketModel): void {
  addRoute(router, ticketsApi.update, async (req, res) => {
    const id = objectIdOf(req.params['id'], 'no such ticket');
    const input = parseBody(ticketsApi.update.body, req);
    const updated = await updateAggregate(Ticket, id, (ticket) => {
      if (ticket.userId !== currentUserOf(req).id) throw new ForbiddenError('only its owner can change a ticket');
      requireMatch(req, ticket.version);
      const { state, sold } = ticket.reservation;
      if (sold) throw new ConflictError('the ticket is sold: it cannot be changed any more');
      if (state === 'held') throw new ConflictError('the ticket is reserved: it cannot be changed now');
      ticket.set(input);
      return 'ticket:updated';
    });
    if (!updated) throw new NotFoundError('no such ticket');
    const { document } = updated;
    res.set('ETag', etagOf(document.version)).json(ticketState(document, document.version));
  });
}
