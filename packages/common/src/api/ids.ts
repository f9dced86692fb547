import { z } from 'zod';

/** An id as callers may write it: 24 hexadecimal digits. Replies write it in lower case. */
export const ID_PATTERN = /^[0-9a-fA-F]{24}$/;

/** Ids of the examples. A test sends the examples with existing ids instead. */
export const EXAMPLE_IDS = { ticket: '64b7f0c2a1b2c3d4e5f60718', order: '64b7f0c2a1b2c3d4e5f60719' } as const;

/** The path of one aggregate. A malformed id gets 404, not 400: like an unknown id, it names nothing. */
export function idParams(aggregate: keyof typeof EXAMPLE_IDS) {
  const id = z.string().regex(ID_PATTERN);
  return z.object({ id: id.meta({ description: `The id of the ${aggregate}`, examples: [EXAMPLE_IDS[aggregate]] }) });
}
