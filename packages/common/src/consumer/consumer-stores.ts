import type { Connection } from 'mongoose';
import { makeIndexes } from '../mongo/index-conflict';
import type { Logger } from '../runtime/logger';
import { type DeadLetterStore, deadLetterStore } from './failures/dead-letters';
import { type FailureStore, failureStore } from './failures/failure-store';
import { type FailureHandler, failureHandler } from './failures/handle-failure';

/** The collections of a consumer group in its service's own database, besides its replicas. */
export interface ConsumerStores {
  readonly deadLetters: DeadLetterStore;
  readonly failures: FailureStore;
  readonly failureHandler: FailureHandler;
}

/**
 * Opens the stores and makes their indexes. @param maxAttempts after this many failures a message becomes a dead letter
 */
export async function consumerStores(
  connection: Connection,
  maxAttempts: number,
  logger: Logger,
): Promise<ConsumerStores> {
  const deadLetters = deadLetterStore(connection);
  const failures = failureStore(connection);
  await makeIndexes(() => Promise.all([failures.createIndexes(), deadLetters.createIndexes()]));
  return { deadLetters, failures, failureHandler: failureHandler({ failures, deadLetters, maxAttempts, logger }) };
}
