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

/** The collection that a replica is rebuilt in: nobody else's, until it takes the place of the present one. */
export interface FreshCollection {
  readonly name: string;
  /** Each aggregate that it has, with its version. */
  documents(): AsyncIterable<{ readonly _id: unknown; readonly version: number }>;
  /** Keeps what waits in the present collection, where it is beyond the version that was read. Only while nobody writes to it. */
  takeParked(versionOf: (id: string) => number | undefined): Promise<void>;
  /** Becomes `collection`, in one step that also drops what that was. A reply that is lost is looked for. */
  replace(): Promise<void>;
  /** Drops it, if it has not replaced the present one. Never rejects: the next rebuild drops what is left. */
  drop(): Promise<void>;
}

/**
 * Makes it, and drops those of rebuilds that died. @param collection of the replica
 * @param patience for a database that is away, as `retryWithBackOff` takes it
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
