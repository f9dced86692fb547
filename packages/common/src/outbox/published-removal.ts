import type { Types } from 'mongoose';
import type { Logger } from '../logger';
import type { AnyOwnedModel } from './owned-aggregate';

/** Published entries are removed together: after this long (ms), or as soon as so many wait. */
const FLUSH_AFTER_MS = 50;
const FLUSH_AT = 500;

interface Published {
  readonly aggregateId: Types.ObjectId;
  readonly entryIds: readonly string[];
  readonly done: (removed: boolean) => void;
}

/**
 * Removes published entries from the outboxes of one model, in bulk and without touching the version. Straight through the
 * driver: the model refuses query updates, and this is the one that is right, because it changes no state.
 * If the database is away the entries stay, and are published once more: consumers have seen them.
 */
export class PublishedRemoval {
  private pending: Published[] = [];
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly model: AnyOwnedModel,
    private readonly logger: Logger,
  ) {}

  /** `done` is called when the removal was tried, and is told whether it worked. */
  add(aggregateId: Types.ObjectId, entryIds: readonly string[], done: (removed: boolean) => void): void {
    this.pending.push({ aggregateId, entryIds, done });
    if (this.pending.length >= FLUSH_AT) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS);
  }

  /** Removes what is pending now; resolves when it was tried. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.pending;
    this.pending = [];
    if (batch.length > 0) this.flushing = Promise.all([this.flushing, this.remove(batch)]).then(() => undefined);
    return this.flushing;
  }

  private async remove(batch: readonly Published[]): Promise<void> {
    const writes = batch.map(({ aggregateId, entryIds }) => ({
      updateOne: { filter: { _id: aggregateId }, update: { $pull: { outbox: { id: { $in: [...entryIds] } } } } },
    }));
    let removed = true;
    try {
      await this.model.collection.bulkWrite(writes as never, { ordered: false });
    } catch (error) {
      removed = false;
      this.logger.warn({ err: error }, 'could not remove published events: they will be published once more');
    }
    for (const { done } of batch) done(removed);
  }
}
