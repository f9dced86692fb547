import { randomBytes } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';
import { createLogger, type EngineName, type Logger } from '@ticketing/common';
import { testEngine } from '@ticketing/servers';
import { type RacingUpserts, startRacingUpserts } from './mongo/racing-upserts';
import { waitFor } from './wait-for';

/** The addresses of the real servers of this test run. The jest global set-up sets them. */
export interface TestServers {
  /** Without a database name. */
  readonly mongoUrl: string;
  readonly natsUrl: string;
  readonly natsClusterId: string;
  /** The engine at `natsUrl`. Default `streaming`. */
  readonly engine?: EngineName;
}

/** @throws Error that says how to run the tests when there are no servers */
export function testServers(env: NodeJS.ProcessEnv = process.env): Required<TestServers> {
  const { TEST_MONGO_URI: mongoUrl, TEST_NATS_URL: natsUrl, TEST_NATS_CLUSTER_ID: natsClusterId } = env;
  if (!mongoUrl || !natsUrl || !natsClusterId) {
    throw new Error(
      'no test servers: run the tests by `npm test`, which starts them and sets TEST_MONGO_URI and TEST_NATS_URL',
    );
  }
  return { mongoUrl, natsUrl, natsClusterId, engine: testEngine(env) };
}

/** A short unique name, so that suites run side by side. */
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
  return mongoose.createConnection(uri, { bufferCommands: false, serverSelectionTimeoutMS: 15_000 }).asPromise();
}

/** Connections that are open before anything races. */
const WARM = 8;

/** A connection to a database of its own, through a stand-in that lets upserts race. `close` of the stand-in ends both. */
export async function racingConnection(): Promise<readonly [Connection, RacingUpserts]> {
  const mongo = await startRacingUpserts(testServers().mongoUrl);
  const connection = await testConnection(testDatabaseUri(undefined, { mongoUrl: mongo.url }));
  let ready = 0;
  connection.getClient().on('connectionReady', () => (ready += 1));
  // An upsert that must open its connection first comes too late to race.
  await waitFor(async () => {
    await Promise.all(Array.from({ length: 10 * WARM }, () => connection.collection('warm').findOne()));
    return ready >= WARM;
  });
  const close = async () => {
    await dropAndClose(connection);
    await mongo.close();
  };
  return [connection, { ...mongo, close }];
}

export async function dropAndClose(connection: Connection): Promise<void> {
  await connection.dropDatabase();
  await connection.close();
}

export function silentLogger(): Logger {
  return createLogger({ name: 'test', level: 'silent' });
}
