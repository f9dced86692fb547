import { mongo } from 'mongoose';
import type { AnyOwnedModel } from './owned-aggregate';

/** Of earlier versions: it has an entry for each document, also of those with nothing pending. */
const REPLACED = 'outbox.at_1';
/** Error codes of mongod: there is no such collection, no such index. */
const NOT_THERE: readonly unknown[] = [26, 27];

/**
 * Makes the indexes of an owned aggregate, then drops the one that they have replaced: since MongoDB 5.0 both can be there, for
 * `sparse` is part of what an index is known by (SERVER-47657). Idempotent.
 */
export async function createOwnedIndexes(model: AnyOwnedModel): Promise<void> {
  await model.createIndexes();
  try {
    await model.collection.dropIndex(REPLACED);
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError) || !NOT_THERE.includes(error.code)) throw error;
  }
}
