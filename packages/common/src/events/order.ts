import { z } from 'zod';
import { defineEvent, objectId, version } from './envelope';

/** Every status word of the contract. `awaiting:payment` is reserved for a payments service; nothing sets it. */
export const orderStatuses = ['created', 'awaiting:payment', 'complete', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

const orderState = {
  id: objectId,
  version,
  userId: z.string().min(1),
  expiresAt: z.iso.datetime(),
  reservation: z
    .int()
    .min(1)
    .describe('This is the n-th order of its ticket, counted from 1: consumers order reservations by it'),
  ticket: z.object({ id: objectId, price: z.number().min(0) }),
};

export const orderCreated = defineEvent('order:created', 'A ticket is reserved by this order', {
  ...orderState,
  status: z.literal('created'),
});

export const orderCancelled = defineEvent(
  'order:cancelled',
  'The order was cancelled by its user, or expired. Terminal',
  { ...orderState, status: z.literal('cancelled') },
);

export const orderCompleted = defineEvent(
  'order:completed',
  'The order was paid and keeps its ticket for good. Terminal',
  { ...orderState, status: z.literal('complete') },
);

/** Why a payment was refused, in the words of the event. */
export const refusalReasons = ['order-cancelled', 'order-paid', 'wrong-amount', 'no-such-order'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** Its aggregate is the refusal, not the order: see docs/decisions/0019-a-refusal-is-its-own-aggregate.md. */
export const orderPaymentRefused = defineEvent(
  'order:payment-refused',
  'A payment did not complete its order, for good: pay it back',
  {
    id: objectId.describe('The id of the refusal, which is that of the payment: a payment is refused once'),
    version,
    orderId: objectId.describe('The order that the payment names'),
    paymentId: objectId.describe('The payment to pay back'),
    amount: z.number().min(0).describe('What was paid'),
    reason: z
      .string()
      .min(1)
      .describe(`${refusalReasons.join(', ')}; there may be more later, so pay back whatever the reason is`),
  },
);
