import { z } from 'zod';
import { ID_PATTERN } from './ids';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;

const limitProblem = `limit must be one whole number from 1 to ${MAX_LIMIT}`;
const cursorProblem = 'cursor must be the one of the Link header of the page before';

/** A query is text: digits become a number, and anything else stays text and is refused. */
const numberOf = (text: unknown) => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text);

/** `?limit&cursor` of every list. A bad, empty or repeated one is refused; other parameters are ignored. */
export const pageQuery = z.object({
  limit: z
    .preprocess(numberOf, z.int(limitProblem).min(1, limitProblem).max(MAX_LIMIT, limitProblem))
    .default(DEFAULT_LIMIT)
    .describe('The size of the page'),
  cursor: z
    .string(cursorProblem)
    .regex(ID_PATTERN, cursorProblem)
    .toLowerCase()
    .optional()
    .describe('The id after which the page begins: take it from the Link header of the page before'),
});
