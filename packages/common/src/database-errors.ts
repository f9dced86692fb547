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

/** Answers of a server that steps down, shuts down, is not primary, cannot reach its peers, or swaps the collection (175). */
const UNAVAILABLE_CODES = new Set([
  6, 7, 64, 89, 91, 134, 175, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436,
]);

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

/**
 * Whether the error says that MongoDB could not be reached or could not answer (also as the `cause` of another error):
 * the operation may succeed later, unchanged, and may even have happened. Never true for what the database decided:
 * validation, versions, duplicate keys.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  let current = error;
  for (let depth = 0; current instanceof Error && depth < 10; depth += 1) {
    if (UNAVAILABLE_NAMES.has(current.name)) return true;
    if (current.name.startsWith('Mongo') && UNAVAILABLE_CODES.has(codeOf(current))) return true;
    if ('code' in current && BROKEN_SOCKET.has(String(current.code))) return true;
    if (current.name === 'MongooseError' && NOT_OPEN.test(current.message)) return true;
    current = current.cause;
  }
  return false;
}

/**
 * Whether a write was refused by a unique index; with `indexName`, by that one. The name is read from the message,
 * because not every server says `keyPattern`.
 */
export function isDuplicateKey(error: unknown, indexName?: string): boolean {
  if (!(error instanceof Error) || codeOf(error) !== DUPLICATE_KEY) return false;
  return indexName === undefined || /\bindex: (?:\S*\$)?(\S+)/.exec(error.message)?.[1] === indexName;
}

function codeOf(error: Error): number {
  return 'code' in error && typeof error.code === 'number' ? error.code : Number.NaN;
}
