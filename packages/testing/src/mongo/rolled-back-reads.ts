import type { mongo } from 'mongoose';
import { type MongoBetween, startMongoBetween } from './mongo-between';

export interface RolledBackReads extends MongoBetween {
  /**
   * Answers the next read of a collection with these documents, as a primary does that has not heard yet that another one was
   * elected; unless it asks for majority, which such a primary cannot answer by what it alone has.
   */
  answerOnce(collection: string, documents: readonly mongo.BSON.Document[]): void;
}

/** Shows a client documents that a failover is about to roll back. @param url as `startMongoBetween` takes it */
export async function startRolledBackReads(url: string): Promise<RolledBackReads> {
  const alone = new Map<string, readonly mongo.BSON.Document[]>();
  const between = await startMongoBetween(url, (command) => {
    const { name, collection, database, body } = command;
    const { level } = (body['readConcern'] ?? {}) as { level?: string };
    const firstBatch = name === 'find' && level !== 'majority' ? alone.get(collection) : undefined;
    if (!firstBatch) return command.pass();
    alone.delete(collection);
    command.answer({ ok: 1, cursor: { id: 0, ns: `${database}.${collection}`, firstBatch } });
  });
  return { ...between, answerOnce: (collection, documents) => void alone.set(collection, documents) };
}
