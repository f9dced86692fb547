import {
  createLogger,
  databaseNow,
  Inbox,
  isDatabaseUnavailable,
  type Replica,
  type ReplicaDocument,
} from '@ticketing/common';
import type { Connection } from 'mongoose';

/** The inbox of an operator's program. A parked event that it cannot apply is left to the service, which counts failures. */
export function inboxIn(
  collection: string,
  { connection, replica }: { readonly connection: Connection; readonly replica: Replica },
): Inbox {
  return new Inbox({
    ...{ replica, documents: connection.collection<ReplicaDocument>(collection), retryAfterMs: 0 },
    databaseNow: () => databaseNow(connection),
    failureHandler: {
      handle(_origin, _payload, error) {
        if (isDatabaseUnavailable(error)) throw error;
        return Promise.resolve('failed');
      },
    },
    logger: createLogger({ name: 'rebuild', level: 'silent' }),
    count: () => undefined,
  });
}
