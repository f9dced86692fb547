import { randomBytes } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';
import type { Message } from './bus/bus';
import { NatsStreamingBus } from './bus/nats-streaming-bus';
import { createLogger, type Logger } from './logger';
import { watchPool } from './pool-use';
import { type RacingUpserts, startRacingUpserts } from './racing-upserts';
import { sleep } from './retry';

export { type CommandLog, startCommandLog } from './command-log';
export { explainsPlans, faultyPlans } from './explain-command';
export { queryNames, unservedQueries } from './unserved-queries';
export { type MongoCommand, shapeOf } from './wire-commands';
export { type Random, seededRandom } from './seeded-random';
export { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver';
export { type RolledBackReads, startRolledBackReads } from './rolled-back-reads';
export { type RawAnswer, sendRaw } from './send-raw';
export { startTcpProxy, type TcpProxy } from './tcp-proxy';
export { type HeldCommand, type MongoBetween, startMongoBetween } from './mongo-between';
export { type RacingUpserts, startRacingUpserts } from './racing-upserts';

/** Where the real servers of this test run are. Set by the jest global set-up. */
export interface TestServers {
  /** Without a database name. */
  readonly mongoUrl: string;
  readonly natsUrl: string;
  readonly natsClusterId: string;
}

/** @throws Error that says how to run the tests when there are no servers */
export function testServers(env: NodeJS.ProcessEnv = process.env): TestServers {
  const { TEST_MONGO_URI: mongoUrl, TEST_NATS_URL: natsUrl, TEST_NATS_CLUSTER_ID: natsClusterId } = env;
  if (!mongoUrl || !natsUrl || !natsClusterId) {
    throw new Error(
      'no test servers: run the tests by `npm test`, which starts them and sets TEST_MONGO_URI and TEST_NATS_URL',
    );
  }
  return { mongoUrl, natsUrl, natsClusterId };
}

/** A short name that nobody else has, so that suites run side by side. */
export function uniqueName(prefix = 't'): string {
  return `${prefix}${randomBytes(5).toString('hex')}`;
}

/** The address of a database of the test server; `name` is unique unless given. */
export function testDatabaseUri(
  name = uniqueName('test_'),
  { mongoUrl }: Pick<TestServers, 'mongoUrl'> = testServers(),
): string {
  const [, origin, query = ''] = /^([^/]+\/\/[^/?]+)\/?[^?]*(\?.*)?$/.exec(mongoUrl) ?? [];
  if (!origin) throw new Error('TEST_MONGO_URI is not a MongoDB address');
  const settings = new URLSearchParams(query);
  const authSource = new mongoose.mongo.MongoClient(mongoUrl).options.credentials?.source;
  if (authSource !== undefined) settings.set('authSource', authSource);
  return `${origin}/${name}${settings.size > 0 ? `?${settings.toString()}` : ''}`;
}

/** A connection to a database of its own. Close it with `dropAndClose`. */
export function testConnection(uri = testDatabaseUri()): Promise<Connection> {
  return mongoose.createConnection(uri, { bufferCommands: false, serverSelectionTimeoutMS: 3_000 }).asPromise();
}

/** Connections that are open before anything races. */
const WARM = 8;

/** A connection to a database of its own, through a stand-in that lets upserts race. Close both. */
export async function racingConnection(): Promise<readonly [Connection, RacingUpserts]> {
  const mongo = await startRacingUpserts(testServers().mongoUrl);
  const connection = await testConnection(testDatabaseUri(undefined, { mongoUrl: mongo.url }));
  const pool = watchPool(connection);
  // An upsert that has to open its connection first comes too late to race.
  await waitFor(async () => {
    await Promise.all(Array.from({ length: 10 * WARM }, () => connection.collection('warm').findOne()));
    return pool().idle >= WARM;
  });
  return [connection, mongo];
}

export async function dropAndClose(connection: Connection): Promise<void> {
  await connection.dropDatabase();
  await connection.close();
}

/** Closing it fails with the first error that a callback of a subscription threw: else a test would not know of it. */
class TestBus extends NatsStreamingBus {
  private readonly thrown: unknown[] = [];

  get failed(): boolean {
    return this.thrown.length > 0;
  }

  override async close(): Promise<void> {
    await super.close();
    if (this.failed) throw this.thrown[0];
  }

  protected override callbackThrew(error: unknown, message: Message): void {
    super.callbackThrew(error, message);
    this.thrown.push(error);
  }
}

/** A bus on the test server whose channels are its own. Resolves when it is connected; close it in the end. */
export async function testBus(
  channelPrefix = `${uniqueName()}.`,
  logger = silentLogger(),
  { natsUrl, natsClusterId }: Pick<TestServers, 'natsUrl' | 'natsClusterId'> = testServers(),
): Promise<TestBus> {
  const options = { url: natsUrl, clusterId: natsClusterId, clientIdPrefix: 'test', channelPrefix, logger };
  const bus = new TestBus(options);
  try {
    await waitFor(() => bus.isConnected(), { what: 'a connection to NATS Streaming' });
    return bus;
  } catch (error) {
    await bus.close();
    throw error;
  }
}

export function silentLogger(): Logger {
  return createLogger({ name: 'test', level: 'silent' });
}

export interface WaitOptions {
  /** Default 10,000 ms. */
  readonly timeoutMs?: number;
  /** Default 20 ms. */
  readonly everyMs?: number;
  /** Named in the error. */
  readonly what?: string;
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/** Asks until the answer is truthy, and returns it. @throws Error with the last answer or error when time is over */
export async function waitFor<T>(ask: () => T | Promise<T>, options: WaitOptions = {}): Promise<Truthy<T>> {
  const { timeoutMs = 10_000, everyMs = 20, what = 'the condition' } = options;
  let last: unknown;
  for (const until = Date.now() + timeoutMs; Date.now() < until; await sleep(everyMs)) {
    try {
      const answer = await ask();
      if (answer) return answer as Truthy<T>;
      last = answer;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${String(last)}`, { cause: last });
}
