import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a task at a fixed rate per second, whether or not earlier runs have ended. `task` gets the time when it was due
 * (performance.now()). Latencies count from there, so that a stall shows in everything that it delayed (coordinated
 * omission). Resolves with the results. @throws the first error of a task
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
