import { randomUUID } from 'node:crypto';
import type { FilterQuery } from 'mongoose';
import type { StateOf, Subject } from '../events/contracts';
import type { Publisher } from './publisher';
import { nextBatch } from './next-batch';
import type { OwnedDocument, OwnedModel } from './owned-aggregate';

/** Aggregates are read and published in batches of this many. */
export const RE_EMIT_BATCH = 200;

/** How the present state of an owner's aggregates is told. */
export interface ReEmitted<T> {
  readonly model: OwnedModel<T>;
  /** Which event tells the present state of this aggregate. */
  readonly subject: (document: OwnedDocument<T>) => Subject;
  readonly state: (document: OwnedDocument<T>, version: number) => StateOf<Subject>;
}

export interface ReEmitOptions<T> extends ReEmitted<T> {
  readonly publisher: Pick<Publisher, 'publish'>;
  /** Only aggregates whose last version was saved at or after this time (`updatedAt`: timestamps); absent: all. */
  readonly since?: Date | undefined;
  /** With `since`: only those of before this time, so that an end is reached while life goes on. */
  readonly before?: Date;
  /** Called, and waited for, after each batch, with the last of it. Ends the re-emission by returning false. */
  readonly onBatch?: (last: OwnedDocument<T>, size: number) => Promise<boolean>;
}

/**
 * Publishes the present state of an owner's aggregates again, as snapshots with their present version; saves nothing. For a
 * broker that lost events which the outboxes no longer have. In one pass over an index: that of `updatedAt`, the longest
 * unchanged first, or without a time that of `_id`. Returns how many it published.
 * @throws the first publish that failed; repeat it then, consumers have seen what was sent
 */
export async function reEmit<T>(options: ReEmitOptions<T>): Promise<number> {
  const { model, publisher, subject, state, since, before, onBatch } = options;
  const publish = async (batch: readonly OwnedDocument<T>[]) => {
    await Promise.all(
      batch.map((document) => {
        const meta = { id: randomUUID(), occurredAt: new Date().toISOString(), snapshot: true };
        return publisher.publish(subject(document), { ...state(document, document.version), meta });
      }),
    );
  };
  const changed = { updatedAt: { $gte: since, ...(before && { $lt: before }) } };
  const cursor = model
    .find((since ? changed : {}) as FilterQuery<T>)
    .sort(since ? { updatedAt: 1 } : { _id: 1 })
    .readConcern('majority') // nothing is published that a failover can take back
    .cursor({ batchSize: RE_EMIT_BATCH });
  let published = 0;
  try {
    for (;;) {
      const batch = await nextBatch<OwnedDocument<T>>(cursor, RE_EMIT_BATCH);
      const last = batch.at(-1);
      if (!last) return published;
      await publish(batch);
      published += batch.length;
      if (onBatch && !(await onBatch(last, batch.length))) return published;
    }
  } finally {
    await cursor.close();
  }
}
