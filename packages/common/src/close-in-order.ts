import { errorText } from './errors/error-text';
import type { Logger } from './logger';

export interface CloseStep {
  readonly name: string;
  readonly close: () => Promise<void> | void;
  /** After this long (ms) the next step is begun, with a warning: for what loses nothing when the process ends before it does. */
  readonly withinMs?: number;
}

/**
 * Runs the steps one after the other. A step that fails is logged and does not keep the next ones from running; at the
 * end the failure is thrown (an AggregateError if there were several). `onStep` hears the name of each step that begins.
 */
export async function closeInOrder(
  steps: readonly CloseStep[],
  logger: Logger,
  onStep: (name: string) => void = () => undefined,
): Promise<void> {
  const failures: unknown[] = [];
  for (const { name, close, withinMs } of steps) {
    onStep(name);
    const start = performance.now();
    try {
      const closed = await finished(close, withinMs);
      const facts = { step: name, durationMs: Math.round(performance.now() - start) };
      if (closed) logger.debug(facts, 'closed');
      else logger.warn(facts, 'closing takes too long: going on without it');
    } catch (error) {
      logger.error({ err: error, step: name }, 'closing failed');
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(errorText).join('; '));
}

/** Whether it finished in time. What it does later is nobody's concern any more, its failure included. */
async function finished(close: CloseStep['close'], withinMs: number | undefined): Promise<boolean> {
  const closing = Promise.resolve(close());
  if (withinMs === undefined) {
    await closing;
    return true;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs);
  });
  try {
    closing.catch(() => undefined);
    return await Promise.race([closing.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
