import { isDuplicateKey } from './database-errors';
import { sleep } from '../runtime/retry';

/** One look is enough for an honest race; a server that says so often that a document is there, and not what it is, is broken. */
const MAX_LOOKS = 100;

/**
 * Does an upsert by `_id` that may race with others. Of several that find no document one inserts it and the rest are answered
 * with a duplicate key, also those whose filter matches what is there now: so that answer never means "done" or "seen", it
 * means "look again", whichever index it names, if any: the collection has no other unique one. Looks, and does the upsert again unless the look settles it.
 * @param look reads; anything but undefined is the result. Without one the upsert itself is the look
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
    const settled = await look();
    if (settled !== undefined) return settled;
    await sleep(Math.random() * Math.min(50, looks));
  }
}
