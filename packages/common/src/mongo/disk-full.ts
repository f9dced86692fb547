import { type Connection, mongo } from 'mongoose';
import { isDatabaseUnavailable, isDiskFull } from './database-errors';
import type { Logger } from '../runtime/logger';
import { upsert } from './upsert';

const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify']);

/** Connections whose server accepts no write because its disk is full, and when it said so last (performance.now()). */
const full = new WeakMap<Connection, number>();

/** When a command began that ends now, at the earliest: the driver gives its duration in whole milliseconds. */
const began = (durationMs: number) => performance.now() - durationMs - 1;

/**
 * Logs once that the disk of MongoDB is full, and once that it accepts writes again, however many operations fail
 * between. The connection must be open with `monitorCommands`.
 */
export function watchDiskFull(connection: Connection, logger: Logger): void {
  let spaceAt = -Infinity;
  const onFull = (reason: string, duration: number) => {
    if (!full.has(connection)) {
      if (began(duration) <= spaceAt) return; // it may have been refused before there was space
      logger.error({ reason }, 'the disk of MongoDB is full: nothing can be saved until it has space again');
    }
    full.set(connection, performance.now());
  };
  const client = connection.getClient();
  client.on('commandFailed', ({ failure, duration }) => {
    if (isDiskFull(failure)) onFull(failure.message, duration);
  });
  client.on('commandSucceeded', ({ commandName, reply, duration }) => {
    if (!WRITES.has(commandName)) return;
    const failed = writeErrorsOf(reply).find(isDiskFull);
    if (failed) return onFull(failed.message, duration);
    const saidAt = full.get(connection);
    if (saidAt === undefined || began(duration) <= saidAt) return; // it may have been accepted before the disk was full
    full.delete(connection);
    spaceAt = performance.now();
    logger.info('the disk of MongoDB has space again');
  });
}

/**
 * Whether the database accepts writes. True at once, unless its disk was full; then a write finds out. Rejects only
 * with errors that are no outage.
 */
export async function takesWrites(connection: Connection): Promise<boolean> {
  if (!full.has(connection)) return true;
  const leases = connection.collection<{ _id: string; until: Date }>('leases');
  try {
    await upsert(() => leases.updateOne({ _id: 'disk-full' }, { $set: { until: new Date() } }, { upsert: true }));
    return true;
  } catch (error) {
    if (isDatabaseUnavailable(error)) return false;
    throw error;
  }
}

/** The part of a successful command's reply about documents that were not written. */
function writeErrorsOf(reply: unknown): Error[] {
  if (typeof reply !== 'object' || reply === null || !('writeErrors' in reply)) return [];
  const { writeErrors } = reply;
  return Array.isArray(writeErrors)
    ? writeErrors.map((one: mongo.ErrorDescription) => new mongo.MongoServerError(one))
    : [];
}
