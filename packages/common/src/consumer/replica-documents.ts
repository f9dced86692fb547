import type { mongo } from 'mongoose';
import { BY_MAJORITY, DURABLY } from '../mongo/durable';
import { upsert } from '../mongo/upsert';
import type { Expected } from './ordering';

/** The documents of a replica: one for each aggregate, with its id as `_id` and its version. */
export interface ReplicaDocument {
  readonly _id: mongo.ObjectId;
  readonly version: number;
}

/** The version of a document as no failover takes it back, or undefined when there is none: as `Replica.versionOf` promises. */
export async function storedVersion(
  collection: mongo.Collection<ReplicaDocument>,
  _id: mongo.ObjectId,
): Promise<number | undefined> {
  return (await collection.findOne({ _id }, { projection: { version: 1 }, ...BY_MAJORITY }))?.version;
}

/**
 * Does an update of a document if its version is as expected, in one write: as `Replica.apply` promises. "None yet" and "below"
 * are upserts, of which a loser may be the newer one: then it looks at what is there.
 */
export async function updateAt(
  collection: mongo.Collection<ReplicaDocument>,
  _id: mongo.ObjectId,
  expected: Expected,
  update: mongo.UpdateFilter<ReplicaDocument>,
): Promise<boolean> {
  // A version that is never there stands for "none yet": a document that is there is a duplicate key.
  const at = 'below' in expected ? { $lt: expected.below } : (expected.exactly ?? { $lt: 0 });
  const isUpsert = typeof at === 'object';
  const write = async () => {
    const options = { upsert: isUpsert, ...DURABLY };
    const { matchedCount, upsertedCount } = await collection.updateOne({ _id, version: at }, update, options);
    return matchedCount + upsertedCount > 0;
  };
  return upsert(write, async () => {
    const have = await storedVersion(collection, _id);
    const fits = have === undefined || ('below' in expected && have < expected.below);
    return fits ? undefined : false;
  });
}
