import { z } from 'zod';
import { defineEvent, objectId, version } from './envelope';

const ticketState = {
  id: objectId,
  version,
  title: z.string().min(1),
  price: z.number().min(0),
  userId: z.string().min(1),
};

/** A ticket was put up for sale. */
export const ticketCreated = defineEvent('ticket:created', ticketState);

/** Title, price or reservation of a ticket changed. `orderId` is there while an order holds the ticket. */
export const ticketUpdated = defineEvent('ticket:updated', { ...ticketState, orderId: objectId.optional() });
