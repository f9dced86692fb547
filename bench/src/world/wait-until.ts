import { setTimeout as sleep } from 'node:timers/promises';

/** The time between two looks (ms). */
const EVERY_MS = 25;
/** What has not moved for this time (ms) is stuck. */
export const STUCK_MS = 15_000;

/**
 * Resolves with true when the condition holds. Resolves with false when its number for the progress has not changed for
 * `stuckMs`, because then something is stuck. On a slow machine it waits as long as there is progress.
 */
export async function waitUntil(progress: () => Promise<number>, wanted: number, stuckMs = STUCK_MS): Promise<boolean> {
  let last = -1;
  for (let since = Date.now(); Date.now() - since < stuckMs; await sleep(EVERY_MS)) {
    const now = await progress();
    if (now >= wanted) return true;
    if (now !== last) since = Date.now();
    last = now;
  }
  return false;
}
