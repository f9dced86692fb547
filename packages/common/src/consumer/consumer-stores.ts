import type { Connection } from 'mongoose';
import { makeIndexes } from '../mongo/index-conflict';
import type { Logger } from '../runtime/logger';
import { type DeadLetterStore, deadLetterStore } from './failures/dead-letters';
import { failureStore } from './failures/failures';
import { type FailureHandler, failureHandler } from './failures/handle-failure';

/** What a consumer group keeps in its service's own database, beside its replicas. */
export interface ConsumerStores {
  readonly deadLetters: DeadLetterStore;
  readonly failures: FailureHandler;
}

/** Opens the stores and makes their indexes. @param maxAttempts failures after which a message is a dead letter */
export async function consumerStores(
  connection: Connection,
  maxAttempts: number,
  logger: Logger,
): Promise<ConsumerStores> {
  const deadLetters = deadLetterStore(connection);
  const failures = failureStore(connection);
  await makeIndexes(() => Promise.all([failures.createIndexes(), deadLetters.createIndexes()]));
  return { deadLetters, failures: failureHandler({ failures, deadLetters, maxAttempts, logger }) };
}
