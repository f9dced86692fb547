import type { Listener } from '@ticketing/common';
import type { TicketModel } from '../tickets/ticket';
import { applyReservation } from './apply-reservation';

/** An order holds a ticket. Correct in any order of arrival, because only the greatest (number, state) counts. */
export function onOrderCreated(Ticket: TicketModel): Listener<'order:created'> {
  return {
    subject: 'order:created',
    ordering: 'any-order',
    key: ({ ticket }) => ticket.id,
    handle: ({ id, ticket, reservation }) =>
      applyReservation(Ticket, ticket.id, { number: reservation, state: 'held', orderId: id }),
  };
}
