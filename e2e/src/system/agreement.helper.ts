import { silentLogger, testBroker } from '@ticketing/testing';
import { auditUntilQuiet } from '@ticketing/operate';
import type { TestSystem } from './system.helper';

interface StoredTicket {
  readonly _id: unknown;
  readonly version: number;
  readonly title: string;
  readonly reservation: { readonly number: number };
}

type StoredReplica = Pick<StoredTicket, '_id' | 'version' | 'title'>;

interface StoredOrder {
  readonly _id: unknown;
  readonly status: string;
}

/** The state of both services when they agree. */
export interface Agreed {
  readonly tickets: readonly StoredTicket[];
  readonly replicas: readonly StoredReplica[];
  readonly orders: readonly StoredOrder[];
}

/**
 * Resolves when the auditor finds no disagreement between the databases and the stream.
 * @throws Error that says what disagrees when they do not agree in time
 */
export async function untilAgreed({ databases, engine, nats }: TestSystem, timeoutMs = 60_000): Promise<Agreed> {
  const broker = await testBroker('', silentLogger(), {
    engine,
    natsUrl: nats.url,
    natsClusterId: 'ticketing',
  });
  try {
    const { disagreements } = await auditUntilQuiet({ ...databases, broker }, { settleMs: timeoutMs });
    if (disagreements.length > 0) {
      const messages = disagreements.slice(0, 10).map(({ message }) => message);
      throw new Error(`${disagreements.length} disagreements after ${timeoutMs} ms:\n${messages.join('\n')}`);
    }
  } finally {
    await broker.close();
  }
  const [tickets, replicas, orders] = await Promise.all([
    databases.tickets.collection<StoredTicket>('tickets').find().toArray(),
    databases.orders.collection<StoredReplica>('tickets').find().toArray(),
    databases.orders.collection<StoredOrder>('orders').find().toArray(),
  ]);
  return { tickets, replicas, orders };
}
