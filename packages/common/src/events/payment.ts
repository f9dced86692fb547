import { z } from 'zod';
import { defineEvent, objectId, version } from './envelope';

export const paymentCreated = defineEvent(
  'payment:created',
  'A payment for an order was taken, by whatever service takes payments',
  {
    id: objectId,
    version,
    orderId: objectId.describe('The order that it is for'),
    amount: z
      .number()
      .min(0)
      .describe(
        'It completes the order if it is exactly the price that was reserved, in the unit of that price (19.99, not 1999)',
      ),
  },
);
