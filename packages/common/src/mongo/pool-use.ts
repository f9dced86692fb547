import type { Connection } from 'mongoose';
import type { Metrics } from '../runtime/metrics';

/** The driver's connections to MongoDB, over all of its servers. */
export interface PoolUse {
  readonly inUse: number;
  readonly idle: number;
  /** Operations that wait for a connection. */
  readonly waiting: number;
}

/** The connections to one server. */
interface ServerUse {
  readonly open: Set<unknown>;
  inUse: number;
  waiting: number;
}

/**
 * Counts the driver's connections by the events of its pools, of which each server has one. Returns a function that
 * gives the present counts. A connection that was made before the call is counted from its first use on.
 */
export function watchPool(connection: Connection): () => PoolUse {
  const servers = new Map<string, ServerUse>();
  const at = ({ address }: { address: string }): ServerUse => {
    const known = servers.get(address) ?? { open: new Set(), inUse: 0, waiting: 0 };
    servers.set(address, known);
    return known;
  };
  const client = connection.getClient();
  // Not when it is created, because a cleared pool drops connections that are not ready without an event.
  client.on('connectionReady', (event) => at(event).open.add(event.connectionId));
  client.on('connectionClosed', (event) => at(event).open.delete(event.connectionId));
  client.on('connectionCheckOutStarted', (event) => (at(event).waiting += 1));
  client.on('connectionCheckOutFailed', (event) => (at(event).waiting -= 1));
  client.on('connectionCheckedOut', (event) => {
    const use = at(event);
    use.waiting -= 1;
    use.inUse += 1;
    use.open.add(event.connectionId);
  });
  client.on('connectionCheckedIn', (event) => (at(event).inUse -= 1));
  client.on('connectionPoolClosed', ({ address }) => servers.delete(address));
  return () => {
    const all = [...servers.values()];
    const sum = (of: (use: ServerUse) => number) => all.reduce((total, use) => total + Math.max(0, of(use)), 0);
    return {
      inUse: sum((use) => use.inUse),
      idle: sum((use) => use.open.size - use.inUse),
      waiting: sum((use) => use.waiting),
    };
  };
}

/** Sets the gauges of the connections to MongoDB before each scrape. Returns a function that ends it. */
export function poolGauges(connection: Connection, metrics: Metrics): () => void {
  const use = watchPool(connection);
  metrics.poolMax.set(connection.getClient().options.maxPoolSize);
  return metrics.beforeScrape(() => {
    const { inUse, idle, waiting } = use();
    metrics.poolConnections.set({ state: 'in_use' }, inUse);
    metrics.poolConnections.set({ state: 'idle' }, idle);
    metrics.poolWaiting.set(waiting);
  });
}
