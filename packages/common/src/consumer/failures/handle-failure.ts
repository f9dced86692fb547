import { inspect, types } from 'node:util';
import { isDatabaseUnavailable } from '../../mongo/database-errors';
import { UnavailableError } from '../../errors/kinds';
import type { Logger } from '../../runtime/logger';
import { messageFacts } from '../../tracing/event-facts';
import type { DeadLetterStore } from './dead-letters';
import type { FailureStore } from './failure-store';
import { NotConnectedError } from '../../broker/errors';
import type { Origin } from '../origin';

export interface FailureHandler {
  /**
   * Decides the outcome of a failed handling. Counts the failure and returns 'failed' (try again), or stores the
   * message as a dead letter after `maxAttempts` failures. Returns 'postponed' (try again), and counts no failure, when
   * something else must happen first, such as room in a full outbox, because that is not the message's fault.
   * @throws the error itself when MongoDB is unavailable
   */
  handle(origin: Origin, payload: string, error: unknown): Promise<'failed' | 'postponed' | 'dead-lettered'>;
}

/** An error with its causes: `fetch` says "fetch failed", and why in the cause, or in the code of that. */
function inWords(error: unknown): string {
  const words: string[] = [];
  for (let each = error; words.length < 5; each = each.cause) {
    if (!types.isNativeError(each)) {
      if (each !== undefined || words.length === 0) words.push(typeof each === 'string' ? each : inspect(each));
      break;
    }
    words.push(each.message === '' && 'code' in each ? `${each.name}: ${String(each.code)}` : String(each));
  }
  return words.join(': ');
}

/** The failure handling of one consumer group. */
export function failureHandler(deps: {
  readonly failures: FailureStore;
  readonly deadLetters: DeadLetterStore;
  readonly maxAttempts: number;
  readonly logger: Logger;
}): FailureHandler {
  const { failures, deadLetters, maxAttempts, logger } = deps;
  return {
    async handle(origin, payload, error) {
      if (isDatabaseUnavailable(error)) throw error;
      const facts = { ...origin, ...messageFacts({ ...origin, payload }) };
      if (error instanceof NotConnectedError || error instanceof UnavailableError) {
        logger.warn(
          { err: error, ...facts },
          'a handler has to wait: the message comes again, nothing is counted as failed',
        );
        return 'postponed';
      }
      const attempts = await failures.add(origin);
      logger.error({ err: error, ...facts, attempts, maxAttempts }, 'a handler failed');
      if (attempts < maxAttempts) return 'failed';
      await deadLetters.put(origin, 'failed', inWords(error), attempts, payload);
      await failures.clear(origin);
      return 'dead-lettered';
    },
  };
}
