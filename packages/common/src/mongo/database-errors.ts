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
 * Answers of a server that steps down, shuts down, is not primary, cannot reach its peers, does not know a cursor of the
 * time before its restart (43, CursorNotFound), swaps the collection (175), or is short of cache (365,
 * TemporarilyUnavailable) or of disk (14031): mongodb/mongo, src/mongo/base/error_codes.yml.
 */
const UNAVAILABLE_CODES = new Set([
  6, 7, 43, 64, 89, 91, 134, 175, 189, 262, 365, 9001, 10058, 10107, 11600, 11602, 13435, 13436, 14031,
]);

/** OutOfDiskSpace, of the same file. */
const DISK_FULL = 14031;

/** With these labels a server, or the driver, says that the same operation may succeed later, whatever its code. */
const UNAVAILABLE_LABELS = ['RetryableWriteError', 'RetryableError'];

/** When a connection breaks while a command is being written, the driver throws the error of the socket unchanged. */
const BROKEN_SOCKET = new Set([
  'EPIPE',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_DESTROYED',
]);

/** Messages of Mongoose's plain MongooseError for an operation on a connection that is not open. */
const NOT_OPEN = /before initial connection|buffering timed out|connection was (force )?closed/i;

const DUPLICATE_KEY = 11000;

/** Errors that the driver threw although they have none of its classes. */
const thrownByDriver = new WeakSet<Error>();

/**
 * Remembers the errors that the driver throws on this connection, to tell a broken socket of the driver from any other.
 * The connection must be open with `monitorCommands`.
 */
export function watchDriverErrors(connection: Connection): void {
  const client = connection.getClient();
  client.on('commandFailed', ({ failure }) => thrownByDriver.add(failure));
  // The pool tells of commands only once a connection is made: what broke its first one is the reason why there is none.
  client.on('connectionCheckOutFailed', (event: FailedCheckOut) => {
    if (isNativeError(event.error)) thrownByDriver.add(event.error);
  });
}

/** The driver's types leave out what is thrown to the operation that wanted the connection. */
type FailedCheckOut = mongo.ConnectionCheckOutFailedEvent & { readonly error?: unknown };

/**
 * Whether the MongoDB driver says that its server could not be reached or could not answer (also as the `cause` of
 * another error, or within that of a bulk write). The same operation may succeed later, and may even have happened.
 * False for decisions of the database, such as validation, versions or duplicate keys, and for sockets that are not the
 * driver's.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  return someCause(error, saysUnavailable);
}

/** Whether the database is unavailable because its disk is full (also as the `cause` of another error). */
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

/** A unique index, as a duplicate key error names it. */
export interface UniqueIndex {
  readonly name: string;
  /** In the order of the index. */
  readonly key: Readonly<Record<string, 1 | -1>>;
}

/**
 * Whether a unique index refused a write; with `index`, whether that one did. It compares the `keyPattern` or, because
 * not every server gives it, the name in the message (`Index 'name'`: documentdb/documentdb,
 * pg_documentdb/src/commands/commands_common.c).
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
