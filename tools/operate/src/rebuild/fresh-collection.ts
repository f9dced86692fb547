import { randomBytes } from 'node:crypto';
import {
  createInboxIndex,
  DURABLY,
  isDatabaseUnavailable,
  type ReplicaDocument,
  retryWithBackOff,
  WAITING,
} from '@ticketing/common';
import type { Connection } from 'mongoose';

/** The collection for a rebuild. Only this rebuild uses it until it replaces the present one. */
export interface FreshCollection {
  readonly name: string;
  /** Each aggregate that it has, with its version. */
  documents(): AsyncIterable<{ readonly _id: unknown; readonly version: number }>;
  /**
   * Copies parked events of the present collection that are beyond the version that was read. Only while nothing writes
   * to it.
   */
  takeParked(versionOf: (id: string) => number | undefined): Promise<void>;
  /**
   * Replaces `collection` in one step, which also drops the old one. If the reply is lost it checks whether that
   * happened.
   */
  replace(): Promise<void>;
  /** Drops it, unless it has replaced the present one. Does not reject: the next rebuild drops what is left. */
  drop(): Promise<void>;
}

/**
 * Makes it, and drops those of dead rebuilds. @param collection that of the replica
 * @param patience for a database that is away, in the form of `retryWithBackOff`
 */
export async function freshCollection(
  connection: Connection,
  collection: string,
  patience: () => Parameters<typeof retryWithBackOff>[1],
): Promise<FreshCollection> {
  const prefix = `${collection}_rebuild_`;
  const name = prefix + randomBytes(6).toString('hex');
  const names = async () => (await connection.listCollections()).map((each) => each.name);
  const leftBehind = (await names()).filter((each) => each.startsWith(prefix));
  await Promise.all(leftBehind.map((each) => connection.dropCollection(each)));
  await connection.createCollection(name);
  const fresh = connection.collection<ReplicaDocument>(name);
  await createInboxIndex(fresh);
  return {
    name,
    documents: () => fresh.find({}, { projection: { version: 1 } }),
    async takeParked(versionOf) {
      const present = connection.collection<ReplicaDocument>(collection).find(WAITING, { projection: { parked: 1 } });
      for await (const { _id, parked = [] } of present) {
        const left = parked.filter(({ version }) => version > (versionOf(String(_id)) ?? -1));
        if (left.length === 0) continue;
        const update = { $set: { parked: left }, $setOnInsert: { version: -1 } };
        await fresh.updateOne({ _id }, update, { upsert: true, ...DURABLY });
      }
    },
    async replace() {
      try {
        await fresh.rename(collection, { dropTarget: true, ...DURABLY });
      } catch (error) {
        if (!isDatabaseUnavailable(error)) throw error;
        if ((await retryWithBackOff(names, patience())).includes(name)) throw error;
      }
    },
    async drop() {
      const there = await names()
        .then((all) => all.includes(name))
        .catch(() => false);
      if (there) await connection.dropCollection(name).catch(() => undefined);
    },
  };
}
