import { currentUserOf, etagOf, parseBody, requireAuth, saveAggregate } from '@ticketing/common';
import type { Router } from 'express';
import { type TicketModel, ticketState } from './ticket';
import { ticketInput } from './ticket-input';

/** `POST /api/tickets`: puts a ticket up for sale. */
export function createTicket(router: Router, Ticket: TicketModel): void {
  router.post('/api/tickets', requireAuth, async (req, res) => {
    const { title, price } = parseBody(ticketInput, req);
    const ticket = new Ticket({ title, price, userId: currentUserOf(req).id });
    ticket.record('ticket:created');
    const saved = await saveAggregate(ticket);
    res
      .status(201)
      .set('ETag', etagOf(saved.version))
      .location(`/api/tickets/${saved.id}`)
      .json(ticketState(saved, saved.version));
  });
}
