import type { Request, Response } from 'express';
import type { Problem } from '../errors/app-error';
import { InvalidInputError } from '../errors/kinds';

export interface Page {
  readonly limit: number;
  /** The id (24 hex digits, lower case) after which the page begins; absent for the first page. */
  readonly cursor?: string;
}

export interface PageLimits {
  readonly defaultLimit: number;
  readonly maxLimit: number;
}

/** Reads `?limit&cursor`. Throws InvalidInputError for a bad, empty or repeated one. */
export function parsePage(
  query: Request['query'],
  { defaultLimit, maxLimit }: PageLimits = { defaultLimit: 50, maxLimit: 100 },
): Page {
  const { limit: givenLimit = String(defaultLimit), cursor } = query;
  const limit = typeof givenLimit === 'string' && /^\d{1,9}$/.test(givenLimit) ? Number(givenLimit) : 0;
  const problems: Problem[] = [];
  if (limit < 1 || limit > maxLimit) {
    problems.push({ message: `limit must be one whole number from 1 to ${maxLimit}`, field: 'limit' });
  }
  if (cursor !== undefined && !(typeof cursor === 'string' && /^[0-9a-f]{24}$/i.test(cursor))) {
    problems.push({ message: 'cursor must be the one of the Link header of the page before', field: 'cursor' });
  }
  if (problems.length > 0) throw new InvalidInputError(problems);
  return typeof cursor === 'string' ? { limit, cursor: cursor.toLowerCase() } : { limit };
}

/** Sets `Link: <path?limit&cursor>; rel="next"`: where the page after `next.cursor` is. */
export function setNextLink(req: Request, res: Response, next: Required<Page>): void {
  const query = new URLSearchParams({ limit: String(next.limit), cursor: next.cursor });
  res.set('Link', `<${req.baseUrl}${req.path}?${query.toString()}>; rel="next"`);
}
