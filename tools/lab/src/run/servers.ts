import { databaseUrl, type Engine, engineNames, startBroker, startMongo, startNats } from '@ticketing/servers';
import { uniqueName } from '@ticketing/testing';
import mongoose, { type Connection } from 'mongoose';

/** Where one run of the lab takes place. */
export interface LabServers {
  /** With a database of its own. */
  readonly mongoUrl: string;
  readonly engine: Engine;
  readonly natsUrl: string;
  readonly natsClusterId: string;
  /** Which servers these are, for people. */
  readonly sources: { readonly mongo: string; readonly broker: string; readonly nats: string };
  /** Drops the database and stops what was started. */
  close(): Promise<void>;
}

/**
 * The server drops a client that was cut off within about two seconds, so that its place in the queue group is free
 * again.
 */
const QUICK_HEARTBEATS = ['-hbi', '250ms', '-hbt', '500ms', '-hbf', '1'];

/**
 * Starts both servers, and keeps nothing of them; uses those of MONGO_URI and NATS_URL instead if they are given. @throws NoServerError
 */
export async function openServers(
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
  engine: Engine = 'streaming',
): Promise<LabServers> {
  const [mongo, nats] = await Promise.allSettled([
    startMongo({ env, log }),
    engine === 'streaming' ? startNats({ env, log, args: QUICK_HEARTBEATS }) : startBroker(engine, { env, log }),
  ]);
  const stop = async () => {
    await Promise.all(
      [mongo, nats].map(async (server) => server.status === 'fulfilled' && (await server.value.stop())),
    );
  };
  if (mongo.status === 'rejected' || nats.status === 'rejected') {
    await stop();
    throw mongo.status === 'rejected' ? mongo.reason : (nats as PromiseRejectedResult).reason;
  }
  const mongoUrl = databaseUrl(mongo.value.url, uniqueName('lab_'));
  return {
    mongoUrl,
    engine,
    natsUrl: nats.value.url,
    natsClusterId: nats.value.clusterId,
    sources: { mongo: mongo.value.source, broker: engineNames[engine], nats: nats.value.source },
    async close() {
      try {
        await dropDatabase({ mongoUrl });
      } finally {
        await stop();
      }
    },
  };
}

async function dropDatabase(servers: Pick<LabServers, 'mongoUrl'>): Promise<void> {
  const connection = await connectDatabase(servers);
  try {
    await connection.dropDatabase();
  } finally {
    await connection.close();
  }
}

/** A connection of its own to the lab's database. */
export function connectDatabase({ mongoUrl }: Pick<LabServers, 'mongoUrl'>): Promise<Connection> {
  const options = { bufferCommands: false, serverSelectionTimeoutMS: 3_000, minPoolSize: 8 };
  return mongoose.createConnection(mongoUrl, options).asPromise();
}
