import { randomUUID } from 'node:crypto';
import type { FilterQuery } from 'mongoose';
import type { StateOf, Subject } from '../events/contracts';
import type { Publisher } from '../bus/publisher';
import type { OwnedDocument, OwnedModel } from './owned-aggregate';

/** Aggregates are read and published in pages of this many, in the order of their ids. */
const PAGE = 200;

export interface ReEmitOptions<T> {
  readonly model: OwnedModel<T>;
  readonly publisher: Pick<Publisher, 'publish'>;
  /** Which event tells the present state of this aggregate. */
  readonly subject: (document: OwnedDocument<T>) => Subject;
  readonly state: (document: OwnedDocument<T>, version: number) => StateOf<Subject>;
  /** Only aggregates whose last version was saved at or after this time (`updatedAt`: timestamps); absent: all. */
  readonly since?: Date | undefined;
}

/**
 * Publishes the present state of an owner's aggregates again, as snapshots with their present version; saves nothing. For a
 * broker that lost events which the outboxes no longer have. Returns how many it published.
 * @throws the first publish that failed; repeat it then, consumers have seen what was sent
 */
export async function reEmit<T>({ model, publisher, subject, state, since }: ReEmitOptions<T>): Promise<number> {
  let published = 0;
  let after: unknown = undefined;
  for (;;) {
    const filter = {
      ...(since && { updatedAt: { $gte: since } }),
      ...(after !== undefined && { _id: { $gt: after } }),
    };
    const page = await model
      .find(filter as FilterQuery<T>)
      .sort({ _id: 1 })
      .limit(PAGE)
      .readConcern('majority'); // nothing is published that a failover can take back
    await Promise.all(
      (page as OwnedDocument<T>[]).map((document) => {
        const meta = { id: randomUUID(), occurredAt: new Date().toISOString(), snapshot: true };
        return publisher.publish(subject(document), { ...state(document, document.version), meta });
      }),
    );
    published += page.length;
    after = page.at(-1)?._id;
    if (page.length < PAGE) return published;
  }
}
