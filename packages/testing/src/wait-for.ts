import { sleep } from '@ticketing/common';

export interface WaitOptions {
  /** Default 30,000 ms: a machine that is held up for some seconds makes no test fail. */
  readonly timeoutMs?: number;
  /** Default 20 ms. */
  readonly everyMs?: number;
  /** Named in the error. */
  readonly what?: string;
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Calls until the answer is truthy, and returns it. @throws Error with the last answer or error when the time is over
 */
export async function waitFor<T>(ask: () => T | Promise<T>, options: WaitOptions = {}): Promise<Truthy<T>> {
  const { timeoutMs = 30_000, everyMs = 20, what = 'the condition' } = options;
  let last: unknown;
  const until = Date.now() + timeoutMs;
  for (let isLast = false; !isLast; await sleep(everyMs)) {
    isLast = Date.now() >= until; // a pause of the machine does not take the last look away
    try {
      const answer = await ask();
      if (answer) return answer as Truthy<T>;
      last = answer;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${String(last)}`, { cause: last });
}
