import { setTimeout as wait } from 'node:timers/promises';

/** Resolves after `ms` milliseconds; rejects with an AbortError as soon as the signal aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal === undefined ? {} : { signal });
}

/**
 * Resolves to the result of the work, or to `late` when that takes longer than `ms` milliseconds. The work goes on, and
 * its later result or failure is ignored. Rejects when the work fails in time.
 */
export async function within<T, Late>(ms: number, work: Promise<T>, late: Late): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<Late>((resolve) => {
    timer = setTimeout(resolve, ms, late); // ending a wait by an AbortSignal would create an error for each call
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

export interface BackOff {
  /** The longest first pause, in milliseconds. It doubles with every attempt. */
  readonly firstMs: number;
  /** The longest pause, in milliseconds. */
  readonly maxMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called before each pause of `delayMs`; `attempt` is the number (from 1) of the attempt that failed. */
  readonly onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
  /** True for an error that a retry cannot cure: it is thrown at once. */
  readonly isFinal?: (error: unknown) => boolean;
}

/**
 * Calls `fn` until it succeeds, without a limit, with pauses that double and vary (half to full length), so that many
 * processes do not retry in step. Throws a final error, or an AbortError when the signal aborts; `fn` itself is not
 * interrupted.
 */
export async function retryWithBackOff<T>(fn: (attempt: number) => Promise<T>, options: BackOff): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    try {
      return await fn(attempt);
    } catch (error) {
      if (options.isFinal?.(error) === true) throw error;
      options.signal?.throwIfAborted();
      const delayMs = jittered(Math.min(options.maxMs, options.firstMs * 2 ** Math.min(attempt - 1, 30)));
      options.onRetry?.(error, attempt, delayMs);
      await sleep(delayMs, options.signal);
    }
  }
}

function jittered(ms: number): number {
  return Math.round(ms / 2 + (Math.random() * ms) / 2);
}
