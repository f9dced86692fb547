import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does something so often in a second, whether or not what was begun before has ended. `task` is told when its turn was
 * (performance.now()): latencies count from there, so that a stall shows in all that it delayed (coordinated omission).
 * Resolves with what the tasks gave. @throws what a task threw first
 */
export async function openLoop<T>(
  perSecond: number,
  amount: number,
  task: (n: number, due: number) => Promise<T>,
): Promise<T[]> {
  const start = performance.now();
  const begun: Promise<T>[] = [];
  while (begun.length < amount) {
    const due = start + (1_000 * begun.length) / perSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    begun.push(task(begun.length, due));
  }
  return Promise.all(begun);
}
