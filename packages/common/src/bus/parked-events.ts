import type { Connection } from 'mongoose';
import { isDuplicateKey } from '../database-errors';
import type { Subject } from '../events/contracts';
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
export function parkedEventStore(connection: Connection, group: string) {
  const parked = () => connection.collection<ParkedEvent>('parked_events');
  const due = () => ({ notBefore: { $not: { $gt: new Date() } } });
  const idOf = (aggregateId: string, version: number) => `${group}|${aggregateId}|${version}`;
  return {
    /** Parks it once: a second copy of the same version changes nothing, not even the time it has waited. */
    async park(event: Omit<ParkedEvent, '_id' | 'parkedAt' | 'group'>): Promise<void> {
      const _id = idOf(event.aggregateId, event.version);
      if (await parked().findOne({ _id }, { projection: { _id: 1 } })) return;
      const update = { $set: { ...event, group }, $currentDate: { parkedAt: true } } as const;
      try {
        await parked().updateOne({ _id }, update, { upsert: true });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error; // another member parked it at the same moment
      }
    },

    /** The event of this version, unless it is not there or failed a moment ago. */
    find(aggregateId: string, version: number): Promise<ParkedEvent | null> {
      return parked().findOne({ _id: idOf(aggregateId, version), ...due() });
    },

    /** Longest waiting first; of one aggregate the lowest version first. @param limit at most this many */
    oldest(subjects: readonly Subject[], limit: number): Promise<ParkedEvent[]> {
      return parked()
        .find({ group, subject: { $in: [...subjects] }, ...due() })
        .sort({ parkedAt: 1, version: 1 })
        .limit(limit)
        .toArray();
    },

    /** Leaves an event that failed alone for so long (ms). */
    async postpone(event: Pick<ParkedEvent, '_id'>, ms: number): Promise<void> {
      await parked().updateOne({ _id: event._id }, { $set: { notBefore: new Date(Date.now() + ms) } });
    },

    async remove(event: Pick<ParkedEvent, '_id'>): Promise<void> {
      await parked().deleteOne({ _id: event._id });
    },

    /** For mongod: the sweep reads by group and age. */
    async createIndexes(): Promise<void> {
      await parked().createIndex({ group: 1, parkedAt: 1, version: 1 });
    },
  };
}
