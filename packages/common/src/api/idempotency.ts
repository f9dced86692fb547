import { z } from 'zod';
import { failure } from './operation';

/** The request header and replies that make both POSTs repeatable: docs/safe-retries.md. */
export const idempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .describe('A new key for each new request, such as a UUID. A repeat within 24 h gets the first result'),
});

export const replayed = {
  'Idempotency-Replayed': { description: '`true` in the answer to a repeat', example: 'true', optional: true },
} as const;

export const keyReused = failure('An earlier request had the same key and another body');
