import type { Request, Response } from 'express';
import { type FilterQuery, Types } from 'mongoose';
import { pageQuery } from '../api/page-query';
import { type Stored, withoutOutbox } from '../outbox/entry';
import type { OwnedModel } from '../outbox/owned-aggregate';
import { setNextLink } from './pagination';
import { parseQuery } from './validate';

/**
 * Answers `?limit&cursor` with a page of the matching aggregates, newest first, each in the form of `view`, and with
 * the link to the next page while there are more. Does not read outboxes. @throws InvalidInputError for a bad limit or
 * cursor
 */
export async function sendNewest<T>(
  { req, res }: { req: Request; res: Response },
  model: OwnedModel<T>,
  filter: FilterQuery<T>,
  view: (aggregate: Stored<T>) => unknown,
): Promise<void> {
  const { limit, cursor } = parseQuery(pageQuery, req);
  const older = cursor === undefined ? {} : { _id: { $lt: new Types.ObjectId(cursor) } };
  const found = await model
    .find({ ...filter, ...older } as FilterQuery<T>, withoutOutbox)
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<Stored<T>[]>();
  const page = found.slice(0, limit);
  const last = page.at(-1);
  if (found.length > limit && last) setNextLink(req, res, { limit, cursor: String(last._id) });
  res.json(page.map(view));
}
