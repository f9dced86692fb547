import {
  addRoute,
  type CreateOnce,
  currentUserOf,
  etagOf,
  insertAggregate,
  parseBody,
  ticketsApi,
} from '@ticketing/common';
import type { Router } from 'express';
import type { Types } from 'mongoose';
import { neverReserved } from '../reservations/reservation';
import { type TicketFields, type TicketModel, ticketState } from './ticket';

/** `POST /api/tickets`: puts a ticket up for sale. */
export function createTicket(router: Router, Ticket: TicketModel, createOnce: CreateOnce): void {
  addRoute(router, ticketsApi.create, async (req, res) => {
    const body = parseBody(ticketsApi.create.body, req);
    const fields = { ...body, userId: currentUserOf(req).id };
    const create = (id: Types.ObjectId) => insertAggregate(Ticket, { _id: id, ...fields }, 'ticket:created');
    const { _id } = await createOnce<TicketFields>({ req, res }, { model: Ticket, body, create });
    // Version 0 is what the request says, even if the ticket was changed since.
    const created = { ...fields, _id, version: 0, reservation: neverReserved };
    res
      .status(201)
      .set('ETag', etagOf(0))
      .location(`/api/tickets/${String(_id)}`)
      .json(ticketState(created, 0));
  });
}
