import type { Types } from 'mongoose';
import { Batch } from '../mongo/batch';
import { DURABLY } from '../mongo/durable';
import type { Logger } from '../runtime/logger';
import type { AnyOwnedModel } from './owned-aggregate';

interface Published {
  readonly aggregateId: Types.ObjectId;
  readonly entryIds: readonly string[];
  readonly done: (removed: boolean) => void;
}

/**
 * Removes published entries from the outboxes of one model, in bulk and without changing the version. It uses the
 * driver directly, because the model refuses query updates; this one is allowed, because it changes no state. If the
 * database is away the entries stay and are published once more, which is harmless: consumers have seen them.
 */
export class PublishedRemoval {
  private readonly batch = new Batch<Published>((published) => this.remove(published));

  constructor(
    private readonly model: AnyOwnedModel,
    private readonly logger: Logger,
  ) {}

  /** `done` is called after the attempt, with whether it worked. */
  add(aggregateId: Types.ObjectId, entryIds: readonly string[], done: (removed: boolean) => void): void {
    this.batch.add({ aggregateId, entryIds, done });
  }

  /** Attempts all pending removals now, and resolves after that. Does not reject. */
  flush(): Promise<void> {
    return this.batch.flush();
  }

  private async remove(batch: readonly Published[]): Promise<void> {
    const writes = batch.map(({ aggregateId, entryIds }) => ({
      updateOne: { filter: { _id: aggregateId }, update: { $pull: { outbox: { id: { $in: [...entryIds] } } } } },
    }));
    let removed = true;
    try {
      await this.model.collection.bulkWrite(writes as never, { ordered: false, ...DURABLY });
    } catch (error) {
      removed = false;
      this.logger.warn({ err: error }, 'could not remove published events: they will be published once more');
    }
    for (const { done } of batch) done(removed);
  }
}
