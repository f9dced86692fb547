import { etagOf, NotFoundError, objectIdOf, type Stored, withoutOutbox } from '@ticketing/common';
import type { Router } from 'express';
import { type TicketFields, type TicketModel, ticketState } from './ticket';

/** `GET /api/tickets/:id`: anyone sees a ticket; its version is the `ETag`. */
export function showTicket(router: Router, Ticket: TicketModel): void {
  router.get('/api/tickets/:id', async (req, res) => {
    const ticket = await Ticket.findById(objectIdOf(req.params['id'], 'no such ticket'), withoutOutbox).lean<
      Stored<TicketFields>
    >();
    if (!ticket) throw new NotFoundError('no such ticket');
    res.set('ETag', etagOf(ticket.version)).json(ticketState(ticket, ticket.version));
  });
}
