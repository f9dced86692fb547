import { z } from 'zod';
import { defineEvent, objectId, version } from './envelope';

export const newThingCreated = defineEvent('new-thing:created', 'A new thing was made for an order', {
  id: objectId,
  version,
  orderId: objectId.describe('The order that it is for'),
  amount: z.number().min(0).describe('The price of the order'),
});
