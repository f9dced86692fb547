import { isNativeError } from 'node:util/types';
import mongoose, { type Connection, mongo } from 'mongoose';

const UNAVAILABLE_NAMES = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'MongoPoolClearedOnNetworkError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoTopologyClosedError',
  'MongoServerClosedError',
  'MongoClientClosedError',
  'MongoExpiredSessionError',
  'MongoStalePrimaryError',
  'MongoOperationTimeoutError',
]);

/**
 * Answers of a server that steps down, shuts down, is not primary, cannot reach its peers, swaps the collection (175), or is
 * short of cache (365, TemporarilyUnavailable) or of disk (14031): mongodb/mongo, src/mongo/base/error_codes.yml.
 */
const UNAVAILABLE_CODES = new Set([
  6, 7, 64, 89, 91, 134, 175, 189, 262, 365, 9001, 10058, 10107, 11600, 11602, 13435, 13436, 14031,
]);

/** OutOfDiskSpace, of the same file. */
const DISK_FULL = 14031;

/** By these a server, or the driver, says that the same may succeed later: whatever code a newer server gives it. */
const UNAVAILABLE_LABELS = ['RetryableWriteError', 'RetryableError'];

/** A connection that breaks while a command is being written: the driver throws the error of the socket as it is. */
const BROKEN_SOCKET = new Set([
  'EPIPE',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_DESTROYED',
]);

/** Mongoose's own words, as plain MongooseError, for an operation on a connection that is not open. */
const NOT_OPEN = /before initial connection|buffering timed out|connection was (force )?closed/i;

const DUPLICATE_KEY = 11000;

/** Errors of no class of the driver that it threw all the same. */
const thrownByDriver = new WeakSet<Error>();

/**
 * Remembers what the driver throws on this connection, which must be open with `monitorCommands`: so that a broken socket of
 * its own is told from one of somebody else.
 */
export function watchDriverErrors(connection: Connection): void {
  connection.getClient().on('commandFailed', ({ failure }) => thrownByDriver.add(failure));
}

/**
 * Whether the MongoDB driver says that its server could not be reached or could not answer (also as the `cause` of another
 * error, or under that of a bulk write): the operation may succeed later, unchanged, and may even have happened. Never true for what the database decided,
 * such as validation, versions, duplicate keys; nor for a socket that is not the driver's.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  return someCause(error, saysUnavailable);
}

/** Whether it is unavailable because its disk is full (also as the `cause` of another error). */
export function isDiskFull(error: unknown): boolean {
  return someCause(error, (one) => one instanceof mongo.MongoError && codeOf(one) === DISK_FULL);
}

function someCause(error: unknown, says: (error: Error) => boolean): boolean {
  let current = error;
  for (let depth = 0; isNativeError(current) && depth < 10; depth += 1) {
    if (says(current)) return true;
    current = current.cause ?? (current instanceof mongo.MongoBulkWriteError ? current.errorResponse : undefined);
  }
  return false;
}

function saysUnavailable(error: Error): boolean {
  if (error instanceof mongo.MongoError) {
    if (UNAVAILABLE_NAMES.has(error.name) || UNAVAILABLE_CODES.has(codeOf(error))) return true;
    return UNAVAILABLE_LABELS.some((label) => error.hasErrorLabel(label));
  }
  if (error instanceof mongoose.Error) {
    return UNAVAILABLE_NAMES.has(error.name) || (error.name === 'MongooseError' && NOT_OPEN.test(error.message));
  }
  return thrownByDriver.has(error) && 'code' in error && BROKEN_SOCKET.has(String(error.code));
}

/** A unique index, as a duplicate key tells of it. */
export interface UniqueIndex {
  readonly name: string;
  /** In the order of the index. */
  readonly key: Readonly<Record<string, 1 | -1>>;
}

/**
 * Whether a write was refused by a unique index; with `index`, by that one: by its `keyPattern`, or else, because not every
 * server says that, by its name in the message (`Index 'name'`: documentdb/documentdb, pg_documentdb/src/commands/commands_common.c).
 */
export function isDuplicateKey(error: unknown, index?: UniqueIndex): boolean {
  if (!isNativeError(error) || codeOf(error) !== DUPLICATE_KEY) return false;
  if (index === undefined) return true;
  if ('keyPattern' in error) {
    return JSON.stringify(error.keyPattern) === JSON.stringify(index.key);
  }
  return /\bindex: (?:\S*\$)?(\S+)|: Index '([^']+)'$/.exec(error.message)?.slice(1).find(Boolean) === index.name;
}

function codeOf(error: Error): number {
  return 'code' in error && typeof error.code === 'number' ? error.code : Number.NaN;
}
