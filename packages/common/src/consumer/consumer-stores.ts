import type { Connection } from 'mongoose';
import { makeIndexes } from '../mongo/index-conflict';
import type { Logger } from '../runtime/logger';
import { type DeadLetterStore, deadLetterStore } from './failures/dead-letters';
import { failureStore } from './failures/failures';
import { type FailureHandler, failureHandler } from './failures/handle-failure';
import { type ParkedEventStore, parkedEventStore } from './parked-events';
import { ParkedHere } from './parked-here';

/** What one consumer group keeps in its service's own database, and what this process knows of it. */
export interface ConsumerStores {
  readonly parked: ParkedEventStore;
  readonly parkedHere: ParkedHere;
  readonly deadLetters: DeadLetterStore;
  readonly failures: FailureHandler;
}

/** Opens the stores and makes their indexes. @param maxAttempts failures after which a message is a dead letter */
export async function consumerStores(
  connection: Connection,
  group: string,
  maxAttempts: number,
  logger: Logger,
): Promise<ConsumerStores> {
  const deadLetters = deadLetterStore(connection);
  const failures = failureStore(connection);
  const parked = parkedEventStore(connection, group, logger);
  await makeIndexes(() => Promise.all([parked.createIndexes(), failures.createIndexes(), deadLetters.createIndexes()]));
  return {
    ...{ parked, deadLetters, parkedHere: new ParkedHere() },
    failures: failureHandler({ failures, deadLetters, maxAttempts, logger }),
  };
}
