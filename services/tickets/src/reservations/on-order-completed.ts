import type { Listener } from '@ticketing/common';
import type { TicketModel } from '../tickets/ticket';
import { applyReservation } from './apply-reservation';

/** An order was paid: its ticket is sold for good. Correct in any order of arrival. */
export function onOrderCompleted(Ticket: TicketModel): Listener<'order:completed'> {
  return {
    subject: 'order:completed',
    ordering: 'any-order',
    key: ({ ticket }) => ticket.id,
    handle: ({ id, ticket, reservation }) =>
      applyReservation(Ticket, ticket.id, { number: reservation, state: 'held', orderId: id, sold: true }),
  };
}
