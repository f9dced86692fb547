import { z } from 'zod';
import { failure } from './operation';

/** The request header and replies that make both POSTs repeatable: docs/safe-retries.md. */
export const idempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .describe(
      'One for each request that is new, such as a UUID: repeated within 24 h, the request gets its first result',
    ),
});

export const replayed = {
  'Idempotency-Replayed': { description: '`true` in the answer to a repeat', example: 'true', optional: true },
} as const;

export const keyReused = failure('The same key was sent with another body before');
