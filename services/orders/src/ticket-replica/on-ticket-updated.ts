import type { Listener } from '@ticketing/common';
import { ticketReplica, type TicketReplicaModel } from './ticket';

/** A ticket changed: the replica follows, version by version. */
export function onTicketUpdated(Ticket: TicketReplicaModel): Listener<'ticket:updated'> {
  return { subject: 'ticket:updated', ordering: 'in-order', replica: ticketReplica(Ticket) };
}
