import { errorText } from '../errors/error-text';
import type { Logger } from '../runtime/logger';
import { within } from '../runtime/retry';

export interface CloseStep {
  readonly name: string;
  readonly close: () => Promise<void> | void;
  /** After this time (ms) the next step begins, with a warning. For a step whose end may be missed without a loss. */
  readonly withinMs?: number;
}

/**
 * Runs the steps one after the other. A failing step is logged, and the next ones still run; at the end the failure is
 * thrown (an AggregateError if there were several). `onStep` gets the name of each step that begins.
 */
export async function closeInOrder(
  steps: readonly CloseStep[],
  logger: Logger,
  onStep: (name: string) => void = () => undefined,
): Promise<void> {
  const errors: unknown[] = [];
  for (const { name, close, withinMs } of steps) {
    onStep(name);
    const start = performance.now();
    try {
      const closing = Promise.resolve(close()).then(() => true);
      const closed = await (withinMs === undefined ? closing : within(withinMs, closing, false));
      const facts = { step: name, durationMs: Math.round(performance.now() - start) };
      if (closed) logger.debug(facts, 'closed');
      else logger.warn(facts, 'closing takes too long: going on without it');
    } catch (error) {
      logger.error({ err: error, step: name }, 'closing failed');
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map(errorText).join('; '));
}
