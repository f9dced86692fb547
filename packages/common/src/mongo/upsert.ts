import { isDuplicateKey } from './database-errors';
import { sleep } from '../runtime/retry';

/** One look is enough for a real race. A server that so often reports a document and does not return it is broken. */
const MAX_LOOKS = 100;

/**
 * Does an upsert by `_id` that may race with others. If several find no document, one inserts it and the others get a
 * duplicate key, even if their filter matches the new document. So a duplicate key does not mean "done" or "seen"; it
 * means "look again". That holds whichever index it names, because the collection has no other unique index. So this
 * looks, and does the upsert again unless the look has a result.
 * @param look reads; any value except undefined is the result. Without it the upsert itself is the look
 * @throws what `write` throws, also the duplicate key of the hundredth time
 */
export async function upsert<T>(
  write: () => Promise<T>,
  look: () => Promise<T | undefined> = () => Promise.resolve(undefined),
): Promise<T> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await write();
    } catch (error) {
      if (!isDuplicateKey(error) || looks >= MAX_LOOKS) throw error;
    }
    const found = await look();
    if (found !== undefined) return found;
    await sleep(Math.random() * Math.min(50, looks));
  }
}
