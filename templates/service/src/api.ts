import { failure, idempotencyKey, keyReused, type Operation, replayed } from '@ticketing/common/api';
import { z } from 'zod';

/** A new thing as replies show it: the same state as in its events. */
const newThingReply = z.object({ id: z.string(), version: z.int(), orderId: z.string(), amount: z.number() });

/** The calls of new-things. */
export const newThingsApi = {
  create: {
    id: 'createNewThing',
    tag: 'new-things',
    summary: 'Makes a new thing for an order that is yours',
    method: 'post',
    path: '/api/new-things',
    signedIn: true,
    headers: idempotencyKey,
    body: z.strictObject({ orderId: z.string('the id of an order is needed') }),
    replies: {
      201: { description: 'It is made', body: newThingReply, headers: replayed },
      403: failure('It is the order of somebody else'),
      404: failure('There is no such order, or new-things does not know it yet'),
      422: keyReused,
    },
  },
} as const satisfies Record<string, Operation>;
