import { z } from 'zod';
import { defineEvent, objectId, version } from './envelope';

const ticketState = {
  id: objectId,
  version,
  title: z.string().min(1),
  price: z.number().min(0),
  userId: z.string().min(1),
};

export const ticketCreated = defineEvent('ticket:created', 'A ticket was put up for sale', ticketState);

export const ticketUpdated = defineEvent('ticket:updated', 'Title, price or reservation of a ticket changed', {
  ...ticketState,
  orderId: objectId.optional().describe('The order that holds the ticket; absent while none does'),
  sold: z.boolean().optional().describe('True: that order is complete, and the ticket is never for sale again'),
});
