/**
 * Handles the items of an iteration, this many at a time, and resolves with the last one when all are handled.
 * @throws the first error of `handle`, or of the iteration
 */
export async function handleAll<T>(
  items: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  handle: (item: T) => Promise<void>,
): Promise<T | undefined> {
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  let last: T | undefined;
  try {
    for await (const item of items) {
      const handled = handle(item)
        .catch((error: unknown) => void errors.push(error))
        .finally(() => running.delete(handled));
      running.add(handled);
      last = item;
      if (running.size >= atOnce) await Promise.race(running);
      if (errors.length > 0) break;
    }
  } finally {
    await Promise.all(running);
  }
  if (errors.length > 0) throw errors[0];
  return last;
}
