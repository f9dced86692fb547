import { type Connections, readConnections } from './connections';
import { type Heartbeat, heartbeatOf, type Observed, observe } from './heartbeat';
import {
  type MonitoredChannel,
  type MonitoredClient,
  type MonitoredServer,
  type MonitoredStore,
  type MonitoredSubscription,
  readChannel,
  readChannels,
  readClients,
  readServer,
  readStore,
} from './streaming';
import { namesOf, notSent, stateOf, type SubscriptionState } from './subscription-state';

/** A client that the server keeps. */
export interface SeenClient {
  readonly id: string;
  /** When its connection was made; null without one. */
  readonly since: string | null;
  readonly heartbeat: Heartbeat;
}

export interface SeenSubscription extends MonitoredSubscription {
  readonly channel: string;
  readonly group: string | null;
  readonly durable: string | null;
  readonly not_sent: number;
  readonly state: SubscriptionState;
}

/** The state of a server, as `--json` prints it, in the server's own terms where it has them. */
export interface Seen {
  readonly server: MonitoredServer;
  readonly store: MonitoredStore;
  readonly clients: readonly SeenClient[];
  readonly channels: readonly Omit<MonitoredChannel, 'subscriptions'>[];
  readonly subscriptions: readonly SeenSubscription[];
  /** Channels that were named and are not there. */
  readonly missing: readonly string[];
}

/**
 * Returns a function that looks at the server each time it is called. It judges heartbeats by comparing its looks.
 * @param names the channels to look at; all when it is empty
 * @throws (each look) CommandError when the port cannot be read
 */
export function lookAt(monitorUrl: string, names: readonly string[]): () => Promise<Seen> {
  let observed: ReadonlyMap<string, Observed> = new Map();
  return async () => {
    const [server, store, read, { clients, connections }] = await Promise.all([
      readServer(monitorUrl),
      readStore(monitorUrl),
      readNamed(monitorUrl, names),
      readBelieved(monitorUrl),
    ]);
    const { now, complete } = connections;
    observed = new Map(
      clients.flatMap(({ hb_inbox }) => {
        const connection = connections.subscribing(hb_inbox);
        return connection ? [[hb_inbox, observe(observed.get(hb_inbox), connection, now)]] : [];
      }),
    );
    return {
      ...{ server, store },
      clients: clients.map(({ id, hb_inbox }) => {
        const seen = observed.get(hb_inbox);
        return { id, since: seen?.connection.start ?? null, heartbeat: heartbeatOf(seen, now, complete) };
      }),
      channels: read.map(({ name, msgs, bytes, first_seq, last_seq }) => ({ name, msgs, bytes, first_seq, last_seq })),
      subscriptions: read.flatMap(subscriptionsOf),
      missing: names.filter((name) => !read.some((channel) => channel.name === name)),
    };
  };
}

async function readNamed(monitorUrl: string, names: readonly string[]): Promise<readonly MonitoredChannel[]> {
  if (names.length === 0) return readChannels(monitorUrl);
  const read = await Promise.all([...new Set(names)].map((name) => readChannel(monitorUrl, name)));
  return read.filter((channel) => channel !== undefined);
}

/** A client that left between the two lists has no connection, but the server does not keep it any more. */
async function readBelieved(
  monitorUrl: string,
): Promise<{ readonly clients: readonly MonitoredClient[]; readonly connections: Connections }> {
  const clients = await readClients(monitorUrl);
  const connections = await readConnections(monitorUrl);
  if (clients.every(({ hb_inbox }) => connections.subscribing(hb_inbox))) return { clients, connections };
  const still = new Set((await readClients(monitorUrl)).map(({ hb_inbox }) => hb_inbox));
  return { clients: clients.filter(({ hb_inbox }) => still.has(hb_inbox)), connections };
}

function subscriptionsOf(channel: MonitoredChannel): SeenSubscription[] {
  return channel.subscriptions.map((subscription) => ({
    ...{ channel: channel.name, ...namesOf(subscription), ...subscription },
    ...{ not_sent: notSent(channel, subscription), state: stateOf(subscription) },
  }));
}
