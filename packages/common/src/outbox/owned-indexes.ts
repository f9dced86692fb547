import { mongo } from 'mongoose';
import type { AnyOwnedModel } from './owned-aggregate';

/** The index of earlier versions, which has an entry for every document, even if nothing is pending. */
const REPLACED = 'outbox.at_1';
/** Error codes of mongod: there is no such collection, no such index. */
const NOT_THERE: readonly unknown[] = [26, 27];

/**
 * Makes the indexes of an owned aggregate, then drops the one that they replace. Both can exist since MongoDB 5.0,
 * where `sparse` is part of an index's identity (SERVER-47657). Idempotent.
 */
export async function createOwnedIndexes(model: AnyOwnedModel): Promise<void> {
  await model.createIndexes();
  try {
    await model.collection.dropIndex(REPLACED);
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError) || !NOT_THERE.includes(error.code)) throw error;
  }
}
