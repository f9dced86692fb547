import { type Connection, mongo } from 'mongoose';
import { isDatabaseUnavailable, isDiskFull } from './database-errors';
import type { Logger } from '../runtime/logger';
import { upsert } from './upsert';

const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify']);

/** Connections whose server accepts no write because its disk is full, and when it said so last (performance.now()). */
const full = new WeakMap<Connection, number>();

/** The driver gives the duration of a command in whole milliseconds. */
const ROUNDED_MS = 1;

/**
 * Logs once that the disk of MongoDB is full, and once that it accepts writes again, however many operations fail
 * between. The connection must be open with `monitorCommands`.
 */
export function watchDiskFull(connection: Connection, logger: Logger): void {
  const onFull = (reason: string) => {
    const isNew = !full.has(connection);
    full.set(connection, performance.now());
    if (isNew) logger.error({ reason }, 'the disk of MongoDB is full: nothing can be saved until it has space again');
  };
  const client = connection.getClient();
  client.on('commandFailed', ({ failure }) => {
    if (isDiskFull(failure)) onFull(failure.message);
  });
  client.on('commandSucceeded', ({ commandName, reply, duration }) => {
    if (!WRITES.has(commandName)) return;
    const failed = writeErrorsOf(reply).find(isDiskFull);
    if (failed) return onFull(failed.message);
    const saidAt = full.get(connection);
    // What began before may have been accepted before, too.
    if (saidAt === undefined || performance.now() - duration - ROUNDED_MS <= saidAt) return;
    full.delete(connection);
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
