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
  /** The database when the path of the URI names none. */
  readonly defaultDbName: string;
  readonly logger: Logger;
  /** Ends the attempts: connectDatabase rejects when the present one has ended, within about 3 s. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A connection of its own (never mongoose's global one). Tries, and says so in the log, until MongoDB answers; later
 * losses mend by themselves, and meanwhile an operation fails within about 3 s instead of waiting. An operation that
 * gets no answer at all fails within 12 s: the driver tries twice. A driver that hangs is an uncaught exception. Throws
 * StartError for a URI that can never work.
 */
export async function connectDatabase({ uri, defaultDbName, logger, signal }: DatabaseOptions): Promise<Connection> {
  const options = {
    // Mongoose keeps it from the driver, which would look a user up there.
    ...(databaseOf(uri) === '' ? { dbName: defaultDbName } : {}),
    bufferCommands: false,
    serverSelectionTimeoutMS: DATABASE_WAITS.serverSelectionMs,
    connectTimeoutMS: DATABASE_WAITS.serverSelectionMs,
    heartbeatFrequencyMS: 5_000,
    monitorCommands: true, // for watchDriverErrors and watchDiskFull
    socketTimeoutMS: DATABASE_WAITS.answerMs,
    // Without it those behind a full pool wait for each round of those before them.
    waitQueueTimeoutMS: DATABASE_WAITS.connectionMs,
    // A version that is decided on must be the newest one, whatever the URI says.
    readPreference: 'primary' as const,
    // A consumer acks what it wrote, so what it wrote must survive a failover.
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
    // For nobody to catch: the process ends, and the next one finds MongoDB. Nothing is lost by that.
    throw new Error('the MongoDB driver hangs: it has stopped looking for its server');
  });
  return connection;
}

async function open(uri: string, options: mongoose.ConnectOptions): Promise<Connection> {
  const connection = mongoose.createConnection();
  try {
    await connection.openUri(uri, options);
    await connection.getClient().db('admin').command({ ping: 1 }); // only a command shows that the compression works
    return connection;
  } catch (error) {
    await connection.destroy().catch(() => undefined);
    if (isUnusableUri(error)) {
      throw new StartError(`MONGO_URI cannot be used: ${withoutCredentials(error.message)}`, { cause: error });
    }
    throw error;
  }
}

/** A way to log in without its user, and what needs a module that is not installed, are among them. */
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

/** Whether MongoDB answers a ping within one second. Never rejects. */
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
