import type { Promised } from '@ticketing/operate';
import type { Order, Ticket } from '../system/client.helper';
import type { Answered } from '../system/mixed-load.helper';

/**
 * What a client may rely on after this answer, by the answer alone. What was not answered, or by an error, promises nothing,
 * although it may have happened. Nor does what was only shown: who may rely on it is whoever did it.
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
