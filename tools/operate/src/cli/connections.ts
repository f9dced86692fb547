import { CommandError } from '@ticketing/command-line';
import { type Broker, connectedWithin, createBroker, createLogger, shownNatsUrl } from '@ticketing/common';
import { withoutPassword } from '@ticketing/servers';
import type { SystemAddresses } from './addresses';
import mongoose, { type Connection } from 'mongoose';

/** How long a server may take to answer (ms). */
const WITHIN_MS = 5_000;

/** Gives a task a connection to a database, and closes it. @throws CommandError when it cannot be reached */
export async function withDatabase<T>(uri: string, task: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await mongoose
    .createConnection(uri, {
      ...{ bufferCommands: false, autoCreate: false, autoIndex: false, readPreference: 'primary' },
      writeConcern: { w: 'majority', journal: true },
      ...{ serverSelectionTimeoutMS: WITHIN_MS, connectTimeoutMS: WITHIN_MS, socketTimeoutMS: 20_000 },
    })
    .asPromise()
    .catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CommandError(`MongoDB cannot be used at ${withoutPassword(uri)}: ${withoutPassword(reason)}`);
    });
  try {
    return await task(connection);
  } finally {
    await connection.close();
  }
}

export interface BrokerToOpen extends Pick<SystemAddresses, 'clusterId' | 'broker'> {
  /** Whether to make the stream of JetStream if there is none. Default false: a program that only reads makes none. */
  readonly mayCreate?: boolean;
}

/** Gives a task a connected broker, and closes it. @throws CommandError when it cannot be reached */
export async function withBroker<T>(
  url: string,
  { clusterId, broker: engine, mayCreate = false }: BrokerToOpen,
  task: (broker: Broker) => Promise<T>,
): Promise<T> {
  const logger = createLogger({ name: 'ops', level: 'silent' });
  const broker = createBroker({ engine, url, clusterId, clientIdPrefix: 'ops', logger, mayCreate });
  try {
    if (!(await connectedWithin(broker, WITHIN_MS))) {
      const what = `cannot be reached at ${shownNatsUrl(url)} within ${WITHIN_MS / 1_000} s: does it run there`;
      if (engine === 'jetstream') throw new CommandError(`JetStream ${what}, is it enabled, and has it the stream?`);
      throw new CommandError(`NATS Streaming ${what}, and is its cluster id "${clusterId}"?`);
    }
    return await task(broker);
  } finally {
    await broker.close();
  }
}
