import type { Connection } from 'mongoose';
import { DURABLY } from '../../mongo/durable';
import { upsert } from '../../mongo/upsert';
import { type Origin, originId } from '../origin';

interface Failure {
  _id: string;
  count: number;
  at: Date;
}

export type FailureStore = ReturnType<typeof failureStore>;

/**
 * Counts how often a handler failed on a message, per group, channel and sequence, across the members of the group. The
 * server's redelivery count is not usable, because it also counts members that died and acks that were lost.
 */
export function failureStore(connection: Connection) {
  const failures = () => connection.collection<Failure>('delivery_failures');
  return {
    /** Adds one and returns the total. */
    async add(origin: Origin): Promise<number> {
      const update = { $inc: { count: 1 }, $set: { at: new Date() } };
      const options = { upsert: true, returnDocument: 'after' as const, ...DURABLY };
      const add = () => failures().findOneAndUpdate({ _id: originId(origin) }, update, options);
      return (await upsert(add))?.count ?? 1;
    },

    /** The total; 0 for a message that has not failed, or is a dead letter. */
    async count(origin: Origin): Promise<number> {
      return (await failures().findOne({ _id: originId(origin) }))?.count ?? 0;
    },

    /** Forgets the message, because it became a dead letter. */
    async clear(origin: Origin): Promise<void> {
      await failures().deleteOne({ _id: originId(origin) }, DURABLY);
    },

    /** Counts of messages that succeeded later are forgotten after a week. */
    async createIndexes(): Promise<void> {
      await failures().createIndex({ at: 1 }, { expireAfterSeconds: 7 * 24 * 3600 });
    },
  };
}
