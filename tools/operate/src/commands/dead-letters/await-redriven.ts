import { sleep } from '@ticketing/common/retry';
import type { FoundLetter } from './letters';

/** `handled`: the service has handled it. `dead again`: it failed again. `waiting`: neither has happened yet. */
export type Fate = 'handled' | 'dead again' | 'waiting';

const LOOK_AGAIN_AFTER_MS = 250;

/**
 * Waits at most `waitMs` until the services have handled the redriven letters or failed again. Returns the result of
 * each, by its id.
 * @param onProgress gets how many have a result so far
 */
export async function awaitRedriven(
  redriven: readonly FoundLetter[],
  waitMs: number,
  onProgress: (done: number) => void,
): Promise<ReadonlyMap<string, Fate>> {
  const fates = new Map<string, Fate>(redriven.map(({ letter }) => [letter._id, 'waiting']));
  const waiting = () => redriven.filter(({ letter }) => fates.get(letter._id) === 'waiting');
  for (const until = Date.now() + waitMs; ; await sleep(LOOK_AGAIN_AFTER_MS)) {
    for (const { store } of new Map(redriven.map((found) => [found.service, found])).values()) {
      const mine = waiting().filter((found) => found.store === store);
      const there = await store.list({ _id: { $in: mine.map(({ letter }) => letter._id) } }, 0);
      const stateOf = new Map(there.map(({ _id, state }) => [_id, state]));
      for (const { letter } of mine) {
        const state = stateOf.get(letter._id);
        if (state !== 'redriven') fates.set(letter._id, state === undefined ? 'handled' : 'dead again');
      }
    }
    onProgress(redriven.length - waiting().length);
    if (waiting().length === 0 || Date.now() + LOOK_AGAIN_AFTER_MS > until) return fates;
  }
}
