import { randomUUID } from 'node:crypto';
import type { FilterQuery } from 'mongoose';
import type { StateOf, Subject } from '../events/contracts';
import type { Publisher } from './publisher';
import { nextBatch } from './next-batch';
import type { OwnedDocument, OwnedModel } from './owned-aggregate';

/** Aggregates are read and published in batches of this many. */
export const RE_EMIT_BATCH = 200;

/** How to publish the present state of an owner's aggregates. */
export interface ReEmitted<T> {
  readonly model: OwnedModel<T>;
  /** The event for the present state of this aggregate. */
  readonly subject: (document: OwnedDocument<T>) => Subject;
  readonly state: (document: OwnedDocument<T>, version: number) => StateOf<Subject>;
  /** Whether this aggregate is told again, such as a payment that was not paid back; absent: each is. */
  readonly isTold?: (document: OwnedDocument<T>) => Promise<boolean>;
}

export interface ReEmitOptions<T> extends ReEmitted<T> {
  readonly publisher: Pick<Publisher, 'publish'>;
  /** Only aggregates whose last version was saved at or after this time (`updatedAt`: timestamps); all when absent. */
  readonly since?: Date | undefined;
  /** With `since`: only aggregates saved before this time, so that the run ends while others are saved. */
  readonly before?: Date;
  /** Called and awaited after each batch, with its last aggregate. Return false to end the re-emission. */
  readonly onBatch?: (last: OwnedDocument<T>, size: number) => Promise<boolean>;
}

/**
 * Publishes the present state of an owner's aggregates again, as snapshots with their present version; saves nothing.
 * For a broker that lost events which the outboxes no longer have. It reads one index in one pass: that of `updatedAt`,
 * oldest change first, or without a time that of `_id`. Returns how many it published.
 * @throws the first failed publish; then repeat it, because consumers ignore what they have seen
 */
export async function reEmit<T>(options: ReEmitOptions<T>): Promise<number> {
  const { model, publisher, subject, state, isTold, since, before, onBatch } = options;
  /** How many it published. */
  const publish = async (batch: readonly OwnedDocument<T>[]): Promise<number> => {
    const told = await Promise.all(batch.map(async (document) => isTold === undefined || isTold(document)));
    const published = batch
      .filter((_, n) => told[n])
      .map((document) => {
        const meta = { id: randomUUID(), occurredAt: new Date().toISOString(), snapshot: true };
        return publisher.publish(subject(document), { ...state(document, document.version), meta });
      });
    await Promise.all(published);
    return published.length;
  };
  const changed = { updatedAt: { $gte: since, ...(before && { $lt: before }) } };
  const cursor = model
    .find((since ? changed : {}) as FilterQuery<T>)
    .sort(since ? { updatedAt: 1 } : { _id: 1 })
    .readConcern('majority') // so that nothing is published that a failover can take back
    .cursor({ batchSize: RE_EMIT_BATCH });
  let published = 0;
  try {
    for (;;) {
      const batch = await nextBatch<OwnedDocument<T>>(cursor, RE_EMIT_BATCH);
      const last = batch.at(-1);
      if (!last) return published;
      published += await publish(batch);
      if (onBatch && !(await onBatch(last, batch.length))) return published;
    }
  } finally {
    await cursor.close();
  }
}
