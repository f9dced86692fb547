import mongoose, { type Connection } from 'mongoose';
import { watchDriverErrors } from './database-errors';
import { watchDiskFull } from './disk-full';
import { errorText } from '../errors/error-text';
import { StartError } from '../errors/start-error';
import { withoutCredentials } from '../errors/without-credentials';
import type { Logger } from '../runtime/logger';
import { BACK_OFF, DATABASE_WAITS } from '../runtime/policies';
import { retryWithBackOff, within } from '../runtime/retry';
import { watchHeartbeats } from '../runtime/stuck-heartbeat';

export interface DatabaseOptions {
  readonly uri: string;
  /** The database to use when the path of the URI names none. */
  readonly defaultDbName: string;
  readonly logger: Logger;
  /** Ends the attempts. connectDatabase rejects when the current attempt has ended, within about 3 s. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens its own connection, not mongoose's global one. Tries, and logs it, until MongoDB answers. The driver reconnects
 * by itself after a later loss; meanwhile an operation fails within about 3 s instead of waiting. An operation without
 * any answer fails within 12 s, because the driver tries twice. A driver that hangs raises an uncaught exception. Models
 * make no indexes by themselves: call createIndexes.
 * Throws StartError for a URI that can never work.
 */
export async function connectDatabase({ uri, defaultDbName, logger, signal }: DatabaseOptions): Promise<Connection> {
  const options = {
    // Mongoose does not pass it on to the driver, which would look up the user there.
    ...(databaseOf(uri) === '' ? { dbName: defaultDbName } : {}),
    bufferCommands: false,
    // A start makes the indexes and waits for them. Mongoose would make them a second time, and swallow a failure.
    autoCreate: false,
    autoIndex: false,
    serverSelectionTimeoutMS: DATABASE_WAITS.serverSelectionMs,
    connectTimeoutMS: DATABASE_WAITS.serverSelectionMs,
    heartbeatFrequencyMS: 5_000,
    monitorCommands: true, // for watchDriverErrors and watchDiskFull
    socketTimeoutMS: DATABASE_WAITS.answerMs,
    // Without it, operations behind a full pool wait for every round of those before them.
    waitQueueTimeoutMS: DATABASE_WAITS.connectionMs,
    // Decisions need the newest version, whatever the URI says.
    readPreference: 'primary' as const,
    // A consumer acks after a write, so the write must survive a failover.
    writeConcern: { w: 'majority' as const, journal: true },
  };
  const connection = await retryWithBackOff(() => open(uri, options), {
    ...BACK_OFF.connectDatabase,
    signal,
    isFinal: (error) => error instanceof StartError,
    onRetry: (error, attempt, delayMs) =>
      logger.warn(
        { attempt, delayMs, reason: withoutCredentials(errorText(error)) },
        'MongoDB cannot be reached: trying again',
      ),
  });
  logger.info({ database: connection.name }, 'connected to MongoDB');
  let closing = false;
  connection.on('disconnecting', () => (closing = true));
  connection.on('disconnected', () => {
    if (!closing) logger.warn('MongoDB connection lost: it is sought in the background');
  });
  connection.on('reconnected', () => logger.info('MongoDB is back'));
  connection.on('error', (error: unknown) => logger.warn({ err: error }, 'MongoDB connection error'));
  watchDriverErrors(connection);
  watchDiskFull(connection, logger);
  watchHeartbeats(connection, () => {
    // Nothing catches this: the process ends, and the next one finds MongoDB. No acknowledged change is lost by that.
    throw new Error('the MongoDB driver hangs: it has stopped looking for its server');
  });
  return connection;
}

async function open(uri: string, options: mongoose.ConnectOptions): Promise<Connection> {
  const connection = mongoose.createConnection();
  try {
    await connection.openUri(uri, options);
    await connection.getClient().db('admin').command({ ping: 1 }); // only a command shows whether the compression works
    return connection;
  } catch (error) {
    await connection.destroy().catch(() => undefined);
    if (isUnusableUri(error)) {
      throw new StartError(`MONGO_URI cannot be used: ${withoutCredentials(error.message)}`, { cause: error });
    }
    throw error;
  }
}

/** Among them are a login method without its user, and options that need a module that is not installed. */
const UNUSABLE_URI = new Set([
  'MongoParseError',
  'MongoInvalidArgumentError',
  'MongoMissingCredentialsError',
  'MongoMissingDependencyError',
]);

function isUnusableUri(error: unknown): error is Error {
  return error instanceof Error && (UNUSABLE_URI.has(error.name) || /^Unable to parse/.test(error.message));
}

/** The database that the path of a MongoDB URI names, or ''. */
function databaseOf(uri: string): string {
  return /^[^:]+:\/\/[^/?]*\/([^?]*)/.exec(uri)?.[1] ?? '';
}

/** Whether MongoDB answers a ping within one second. Does not reject. */
export async function isConnected(connection: Connection): Promise<boolean> {
  if (connection.readyState !== mongoose.ConnectionStates.connected || connection.db === undefined) return false;
  const answered = connection.db.command({ ping: 1 }).then(
    () => true,
    () => false,
  );
  return within(DATABASE_WAITS.pingMs, answered, false);
}

/** The time by the database's clock. Rejects when the database cannot be reached. */
export async function databaseNow(connection: Connection): Promise<Date> {
  const reply: Record<string, unknown> = await connection.getClient().db('admin').command({ hello: 1 });
  if (!(reply['localTime'] instanceof Date)) {
    throw new Error('the answer of MongoDB to `hello` has no localTime: use a server that tells its time');
  }
  return reply['localTime'];
}
