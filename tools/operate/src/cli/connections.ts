import { CommandError } from '@ticketing/command-line';
import { type Broker, connectedWithin, createBroker, createLogger, shownNatsUrl } from '@ticketing/common';
import { withoutPassword } from '@ticketing/servers';
import { type ServiceName, serviceNames } from '@ticketing/services';
import { need, type SystemAddresses } from './addresses';
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

/**
 * Gives a task a connection to the database of each service, and closes them.
 * @throws CommandError when an address is missing, or one cannot be reached
 */
export async function withDatabases<T>(
  addresses: SystemAddresses,
  task: (connections: Readonly<Record<ServiceName, Connection>>) => Promise<T>,
): Promise<T> {
  const open = (left: readonly ServiceName[], connections: Partial<Record<ServiceName, Connection>>): Promise<T> => {
    const [name, ...others] = left;
    if (name === undefined) return task(connections as Record<ServiceName, Connection>);
    return withDatabase(need(addresses, name), (connection) => open(others, { ...connections, [name]: connection }));
  };
  for (const name of serviceNames) need(addresses, name);
  return open(serviceNames, {});
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
