import { addRoute, etagOf, NotFoundError, objectIdOf, type Stored, ticketsApi, withoutOutbox } from '@ticketing/common';
import type { Router } from 'express';
import { type TicketFields, type TicketModel, ticketState } from './ticket';

/** `GET /api/tickets/:id`: anyone reads a ticket; its version is the `ETag`. */
export function showTicket(router: Router, Ticket: TicketModel): void {
  addRoute(router, ticketsApi.show, async (req, res) => {
    const ticket = await Ticket.findById(objectIdOf(req.params['id'], 'no such ticket'), withoutOutbox).lean<
      Stored<TicketFields>
    >();
    if (!ticket) throw new NotFoundError('no such ticket');
    res.set('ETag', etagOf(ticket.version)).json(ticketState(ticket, ticket.version));
  });
}
