import { parsePage, setNextLink } from '@ticketing/common';
import type { Router } from 'express';
import { Types } from 'mongoose';
import { type TicketModel, ticketState } from './ticket';

/** `GET /api/tickets?limit&cursor`: tickets that no order holds, newest first, a page at a time. */
export function listTickets(router: Router, Ticket: TicketModel): void {
  router.get('/api/tickets', async (req, res) => {
    const { limit, cursor } = parsePage(req.query);
    const older = cursor === undefined ? {} : { _id: { $lt: new Types.ObjectId(cursor) } };
    const found = await Ticket.find({ 'reservation.state': 'released', ...older })
      .sort({ _id: -1 })
      .limit(limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    if (found.length > limit && last) setNextLink(req, res, { limit, cursor: String(last._id) });
    res.json(page.map((ticket) => ticketState(ticket, ticket.version)));
  });
}
