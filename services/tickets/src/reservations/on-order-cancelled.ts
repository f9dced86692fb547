import type { Listener } from '@ticketing/common';
import type { TicketModel } from '../tickets/ticket';
import { applyReservation } from './apply-reservation';

/**
 * An order was cancelled or has expired. Its ticket is free, unless a later order holds it. Correct in any order of
 * arrival.
 */
export function onOrderCancelled(Ticket: TicketModel): Listener<'order:cancelled'> {
  return {
    subject: 'order:cancelled',
    ordering: 'any-order',
    key: ({ ticket }) => ticket.id,
    handle: ({ ticket, reservation }) =>
      applyReservation(Ticket, ticket.id, { number: reservation, state: 'released' }),
  };
}
