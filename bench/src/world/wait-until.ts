import { setTimeout as sleep } from 'node:timers/promises';

/** Looks so often (ms). */
const EVERY_MS = 25;

/**
 * Resolves with true when the condition holds; with false when the progress that it tells by a number has not changed for
 * `stuckMs`: then something is stuck. A slow machine is not: as long as there is progress it waits.
 */
export async function waitUntil(progress: () => Promise<number>, wanted: number, stuckMs = 15_000): Promise<boolean> {
  let last = -1;
  for (let since = Date.now(); Date.now() - since < stuckMs; await sleep(EVERY_MS)) {
    const now = await progress();
    if (now >= wanted) return true;
    if (now !== last) since = Date.now();
    last = now;
  }
  return false;
}
