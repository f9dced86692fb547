import type { Connection } from 'mongoose';
import { Batch } from '../mongo/batch';
import { DURABLY } from '../mongo/durable';
import type { Subject } from '../events/contracts';
import type { Logger } from '../runtime/logger';
import { upsert } from '../mongo/upsert';
import type { Origin } from './origin';

/** An event that came before its predecessor, kept until that is applied or the gap's patience ends. */
export interface ParkedEvent extends Origin {
  _id: string;
  subject: Subject;
  aggregateId: string;
  version: number;
  payload: string;
  /** The database's clock. */
  parkedAt: Date;
  /** One whose handling failed is not tried again before this. */
  notBefore?: Date;
}

export type ParkedEventStore = ReturnType<typeof parkedEventStore>;

/** What is parked for one consumer group. One document per (group, aggregate, version), found by `_id`. */
export function parkedEventStore(connection: Connection, group: string, logger: Logger) {
  const parked = () => connection.collection<ParkedEvent>('parked_events');
  const due = () => ({ notBefore: { $not: { $gt: new Date() } } });
  const idOf = (aggregateId: string, version: number) => `${group}|${aggregateId}|${version}`;
  /** Of events that are in the replica, and of which the removal was not tried yet. */
  const leaving = new Set<string>();
  const removals = new Batch<string>(async (ids) => {
    try {
      await parked().deleteMany({ _id: { $in: [...ids] } }, DURABLY);
    } catch (error) {
      logger.debug({ err: error }, 'could not remove parked events that are settled: the sweep will');
    }
    for (const id of ids) leaving.delete(id);
  });
  return {
    /** Parks it once: a second copy of the same version changes nothing, not even the time it has waited. */
    async park(event: Omit<ParkedEvent, '_id' | 'parkedAt' | 'group'>): Promise<void> {
      // An upsert whose filter matches no version: one that is parked already is a duplicate key.
      const _id = idOf(event.aggregateId, event.version);
      if (leaving.has(_id)) await removals.flush(); // or it would take away what is parked now
      const filter = { _id, version: { $lt: 0 } };
      const update = { $set: { ...event, group }, $currentDate: { parkedAt: true } } as const;
      const isThere = async () => ((await parked().findOne({ _id }, { projection: { _id: 1 } })) ? true : undefined);
      await upsert(
        () =>
          parked()
            .updateOne(filter, update, { upsert: true, ...DURABLY })
            .then(() => true),
        isThere,
      );
    },

    /** The event of this version, unless it is not there, is settled, or failed a moment ago. */
    async find(aggregateId: string, version: number): Promise<ParkedEvent | null> {
      const _id = idOf(aggregateId, version);
      return leaving.has(_id) ? null : parked().findOne({ _id, ...due() });
    },

    /** Longest waiting first; of one aggregate the lowest version first. @param limit at most this many */
    oldest(subjects: readonly Subject[], limit: number): Promise<ParkedEvent[]> {
      return parked()
        .find({ group, subject: { $in: [...subjects] }, ...due() })
        .sort({ parkedAt: 1, version: 1 })
        .limit(limit)
        .toArray();
    },

    /** When each was parked, of all subjects, the longest waiting first. @param limit at most this many */
    async waitingSince(limit: number): Promise<Date[]> {
      const page = parked().find({ group }, { projection: { parkedAt: 1 } });
      return (await page.sort({ parkedAt: 1, version: 1 }).limit(limit).toArray()).map(({ parkedAt }) => parkedAt);
    },

    /** Leaves an event that failed alone for so long (ms). */
    async postpone(event: Pick<ParkedEvent, '_id'>, ms: number): Promise<void> {
      await parked().updateOne({ _id: event._id }, { $set: { notBefore: new Date(Date.now() + ms) } }, DURABLY);
    },

    /** Removes it soon, in bulk. One whose removal is lost is found by the sweep, as seen. */
    remove({ _id }: Pick<ParkedEvent, '_id'>): void {
      if (leaving.has(_id)) return;
      leaving.add(_id);
      removals.add(_id);
    },

    /** Resolves when each removal so far was tried. */
    flush: () => removals.flush(),

    /** For mongod: the sweep reads by group and age. */
    async createIndexes(): Promise<void> {
      await parked().createIndex({ group: 1, parkedAt: 1, version: 1 });
    },
  };
}
