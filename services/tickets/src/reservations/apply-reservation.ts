import { updateAggregate } from '@ticketing/common';
import type { TicketModel } from '../tickets/ticket';
import { nextReservation, type Reservation } from './reservation';

/**
 * Applies an order event to a ticket's reservation, as one save with one `ticket:updated`.
 * @throws Error when there is no such ticket: orders knows tickets only from our events, so something is broken
 */
export async function applyReservation(
  Ticket: TicketModel,
  ticketId: string,
  event: Reservation,
): Promise<'applied' | 'seen'> {
  const updated = await updateAggregate(Ticket, ticketId, (ticket) => {
    const next = nextReservation(ticket.reservation, event);
    if (!next) return undefined;
    ticket.reservation = next;
    return 'ticket:updated';
  });
  if (!updated) throw new Error(`order ${event.orderId ?? ''} reserves ticket ${ticketId}, which does not exist`);
  return updated.saved ? 'applied' : 'seen';
}
