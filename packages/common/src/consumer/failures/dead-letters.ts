import type { Connection, mongo } from 'mongoose';
import { DURABLY } from '../../mongo/durable';
import { upsert } from '../../mongo/upsert';
import { type Origin, originId } from '../origin';

export type DeadLetterReason = 'not-json' | 'schema' | 'failed';

/** A message that could not be handled, stored whole in the consumer's own database. */
export interface DeadLetter extends Origin {
  _id: string;
  reason: DeadLetterReason;
  /** What went wrong, in words. */
  message: string;
  /** How often the handler failed; 0 for a message that can never succeed. */
  attempts: number;
  /** The message unchanged, with fields that this consumer does not know. */
  payload: string;
  deadAt: Date;
  /** `redriven`: an operator asked for another attempt; the consumer's sweep makes it. */
  state: 'dead' | 'redriven';
  /** A redriven letter that failed is not tried again before this. */
  notBefore?: Date;
}

export type DeadLetterStore = ReturnType<typeof deadLetterStore>;

/** The dead letters of one database. Everything here is idempotent: a message has one dead letter, however often it comes. */
export function deadLetterStore(connection: Connection) {
  const letters = () => connection.collection<DeadLetter>('dead_letters');
  return {
    /** Stores the letter; also marks one that failed again after a redrive as dead. */
    async put(
      origin: Origin,
      reason: DeadLetterReason,
      message: string,
      attempts: number,
      payload: string,
    ): Promise<void> {
      const letter = { ...origin, reason, message, attempts, payload, deadAt: new Date(), state: 'dead' as const };
      await upsert(() =>
        letters().updateOne({ _id: originId(origin) }, { $set: letter }, { upsert: true, ...DURABLY }),
      );
    },

    /** Oldest first. @param limit at most this many (default 100) */
    list(filter: mongo.Filter<DeadLetter> = {}, limit = 100): Promise<DeadLetter[]> {
      return letters().find(filter).sort({ deadAt: 1 }).limit(limit).toArray();
    },

    /** How many letters of one group wait for an operator. @param most it counts no further */
    async dead(group: string, most: number): Promise<number> {
      const page = letters().find({ group, state: 'dead' }, { projection: { _id: 1 } });
      return (await page.limit(most).toArray()).length;
    },

    show(id: string): Promise<DeadLetter | null> {
      return letters().findOne({ _id: id });
    },

    /** Asks the consumer for another attempt. Returns false when there is no such letter. */
    async redrive(id: string): Promise<boolean> {
      return (
        (await letters().updateOne({ _id: id }, { $set: { state: 'redriven' }, $unset: { notBefore: '' } }, DURABLY))
          .matchedCount === 1
      );
    },

    /** Delays the next attempt on a redriven letter by this time (ms). */
    async postpone(id: string, ms: number): Promise<void> {
      await letters().updateOne({ _id: id }, { $set: { notBefore: new Date(Date.now() + ms) } }, DURABLY);
    },

    /** Deletes the letter, which is then not handled. Returns false when there is no such letter. */
    async drop(id: string): Promise<boolean> {
      return (await letters().deleteOne({ _id: id }, DURABLY)).deletedCount === 1;
    },

    /** For mongod: the consumer's sweep reads by group and state, and operators read all of them by age. */
    async createIndexes(): Promise<void> {
      await letters().createIndex({ group: 1, state: 1, deadAt: 1 });
      await letters().createIndex({ deadAt: 1 });
    },
  };
}
