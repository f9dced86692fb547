import type { Connection } from 'mongoose';
import type { Metrics } from './metrics';

/** The driver's connections to MongoDB, over all of its servers. */
export interface PoolUse {
  readonly inUse: number;
  readonly idle: number;
  /** Operations that wait for a connection. */
  readonly waiting: number;
}

/**
 * Keeps count of the driver's connections, by the events of its pool. Returns what there is now. One that was made before
 * the call is known from its first use on.
 */
export function watchPool(connection: Connection): () => PoolUse {
  const open = new Map<string, Set<unknown>>();
  let [inUse, waiting] = [0, 0];
  const add = ({ address, connectionId }: { address: string; connectionId: unknown }) => {
    const ids = open.get(address);
    if (ids) ids.add(connectionId);
    else open.set(address, new Set([connectionId]));
  };
  const client = connection.getClient();
  client.on('connectionCreated', add);
  client.on('connectionClosed', ({ address, connectionId }) => open.get(address)?.delete(connectionId));
  client.on('connectionCheckOutStarted', () => (waiting += 1));
  client.on('connectionCheckOutFailed', () => (waiting -= 1));
  client.on('connectionCheckedOut', (event) => {
    waiting -= 1;
    inUse += 1;
    add(event);
  });
  client.on('connectionCheckedIn', () => (inUse -= 1));
  return () => {
    const all = [...open.values()].reduce((sum, { size }) => sum + size, 0);
    return { inUse, idle: Math.max(0, all - inUse), waiting };
  };
}

/** Says before each scrape how the connections to MongoDB are used. Returns a function that ends it. */
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
