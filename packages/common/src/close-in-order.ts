import { errorText } from './errors/error-text';
import type { Logger } from './logger';

export interface CloseStep {
  readonly name: string;
  readonly close: () => Promise<void> | void;
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
  for (const { name, close } of steps) {
    onStep(name);
    const start = performance.now();
    try {
      await close();
      logger.debug({ step: name, durationMs: Math.round(performance.now() - start) }, 'closed');
    } catch (error) {
      logger.error({ err: error, step: name }, 'closing failed');
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(errorText).join('; '));
}
