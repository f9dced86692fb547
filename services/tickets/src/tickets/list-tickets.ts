import { addRoute, sendNewest, ticketsApi } from '@ticketing/common';
import type { Router } from 'express';
import { type TicketModel, ticketState } from './ticket';

/** `GET /api/tickets?limit&cursor`: tickets that no order holds, newest first, in pages. */
export function listTickets(router: Router, Ticket: TicketModel): void {
  addRoute(router, ticketsApi.list, async (req, res) => {
    await sendNewest({ req, res }, Ticket, { 'reservation.state': 'released' }, (ticket) =>
      ticketState(ticket, ticket.version),
    );
  });
}
