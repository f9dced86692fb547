import { failure, type Operation } from '@ticketing/common/api';
import { z } from 'zod';

/** A payment as replies show it: the same state as in its events. */
const paymentReply = z.object({ id: z.string(), version: z.int(), orderId: z.string(), amount: z.number() });

/** The calls of payments. */
export const paymentsApi = {
  create: {
    id: 'createPayment',
    tag: 'payments',
    summary: 'Pays an order that is yours. A repeat pays nothing more, and gets the same answer',
    method: 'post',
    path: '/api/payments',
    signedIn: true,
    body: z.strictObject({
      orderId: z.string('the id of an order is needed'),
      token: z.string('the token of a card is needed').min(1).max(200),
    }),
    replies: {
      201: { description: 'It is paid', body: paymentReply },
      403: failure('It is the order of somebody else'),
      404: failure('There is no such order, or payments does not know it yet'),
      409: failure('The order is over, or another card is being charged for it'),
    },
  },
} as const satisfies Record<string, Operation>;
