import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { Types } from 'mongoose';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import { KeyReusedError } from '../errors/kinds';
import { currentUserOf } from '../http/sign-in/require-auth';
import { type Stored, withoutOutbox } from '../outbox/entry';
import type { OwnedModel } from '../outbox/owned-aggregate';
import type { Claim, Claims } from './claims';
import { parseIdempotencyKey } from './idempotency-key';

export interface Creation<T> {
  readonly model: OwnedModel<T>;
  /** The checked input. Bodies are compared by its JSON, in which the schema decides the order of fields. */
  readonly body: unknown;
  /** Saves the aggregate under this `_id`, or throws. */
  readonly create: (id: Types.ObjectId) => Promise<Stored<T>>;
}

/**
 * Creates an aggregate; with an `Idempotency-Key` only once for each caller, route and key within 24 h. A repeat
 * returns the aggregate in its present state, and its reply says `Idempotency-Replayed: true`. Refusals are not stored:
 * a repeat is a new attempt.
 * @throws what `create` throws; InvalidInputError for a malformed key; KeyReusedError for another body under the same
 * key
 */
export type CreateOnce = <T>(exchange: { req: Request; res: Response }, creation: Creation<T>) => Promise<Stored<T>>;

/**
 * The claim of a key chooses the `_id` before the aggregate is inserted. Only the existence of the aggregate tells that
 * it was made. So wherever the first request died, a repeat inserts this `_id` or finds it.
 */
export function createOnceBy(claims: Claims, clock: () => Date): CreateOnce {
  return async <T>({ req, res }: { req: Request; res: Response }, { model, body, create }: Creation<T>) => {
    const header = req.get('Idempotency-Key');
    if (header === undefined) return create(new Types.ObjectId());

    const { path } = req.route as { path: string };
    const id = digest([currentUserOf(req).id, req.method, path, parseIdempotencyKey(header)]);
    const sent = digest(body);
    const take = async () => {
      const claim = await claims.take(id, sent, clock());
      if (claim.body !== sent) throw new KeyReusedError();
      return claim;
    };
    const find = async ({ aggregateId }: Claim) => {
      const made = await model.findById(aggregateId, withoutOutbox).readConcern('majority').lean<Stored<T> | null>();
      if (made) res.set('Idempotency-Replayed', 'true');
      return made;
    };

    const claim = await take();
    const before = claim.isNew ? null : await find(claim);
    if (before) return before;
    try {
      return await create(claim.aggregateId);
    } catch (error) {
      if (isDatabaseUnavailable(error) || !(await model.exists({ _id: claim.aggregateId }))) throw error;
      // A repeat was faster. Its write survives a failover once the claim is written again.
      const made = await find(await take());
      if (made) return made;
      throw error;
    }
  };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
