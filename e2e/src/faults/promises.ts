import type { Promised } from '@ticketing/operate';
import type { Order, Ticket } from '../system/client.helper';
import type { Answered } from '../system/mixed-load.helper';

/**
 * What a client may rely on after this answer. No answer, or an error, promises nothing, although the change may have
 * happened. A read promises nothing either: only the author of a change may rely on it.
 */
export function promiseOf({ call, id, status, body }: Answered): Promised | undefined {
  if ((call === 'sell' && status === 201) || (call === 'edit' && status === 200)) {
    const { id, version, title, price, userId } = body as Ticket;
    return { what: 'ticket', id, version, title, price, userId };
  }
  if (call === 'order' && status === 201) {
    const { id, version, ticket, userId, reservation } = body as Order;
    return { what: 'order', id, version, ticketId: ticket.id, userId, reservation, price: ticket.price };
  }
  if (call === 'cancel' && status === 204 && id) return { what: 'cancelled', id };
  return undefined;
}
