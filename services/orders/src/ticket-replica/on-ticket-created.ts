import type { Listener } from '@ticketing/common';
import { ticketReplica, type TicketReplicaModel } from './ticket';

/** A ticket is for sale: it comes into the replica, as its first version. */
export function onTicketCreated(Ticket: TicketReplicaModel): Listener<'ticket:created'> {
  return { subject: 'ticket:created', ordering: 'in-order', replica: ticketReplica(Ticket) };
}
