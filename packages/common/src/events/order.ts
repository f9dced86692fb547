import { z } from 'zod';
import { defineEvent, objectId, version } from './envelope';

/** Every status word of the contract. `awaiting:payment` and `complete` are reserved for a payments service. */
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
