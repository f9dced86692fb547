import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  type NatsConnection,
  NatsConnectionImpl,
  setTransportFactory,
} from '@nats-io/transport-node';
import { NodeTransport, nodeResolveHost } from '@nats-io/transport-node/lib/node_transport';
import type { NatsClientOptions } from '../nats-url';

export interface NatsConnectionSettings {
  readonly server: NatsClientOptions;
  readonly clientId: string;
  /** A ping every `pingIntervalMs`; the server counts as dead after `maxPingsOut` unanswered ones. */
  readonly pingIntervalMs: number;
  readonly maxPingsOut: number;
  /** How long to wait for each server of the list (ms). */
  readonly timeoutMs: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** The first version that sends many messages for one request (ADR-31, "Batched requests"). */
const OLDEST: readonly [number, number] = [2, 11];

/**
 * The client's own transport leaves its socket open when the server has accepted a connection and then says nothing,
 * because its `close` does nothing before the server's first line.
 */
class ClosableTransport extends NodeTransport {
  override async dial({ hostname, port }: { hostname: string; port: number }): Promise<Socket> {
    this.socket = createConnection(port, hostname).setNoDelay(true);
    await once(this.socket, 'connect');
    this.socket.removeAllListeners();
    return this.socket;
  }

  override async connect(...[place, options]: Parameters<NodeTransport['connect']>): Promise<void> {
    const { signal } = options as ConnectionOptions & Partial<Pick<NatsConnectionSettings, 'signal'>>;
    const hangUp = () => this.socket?.on('error', () => undefined).destroy(new Error('closed'));
    signal?.throwIfAborted();
    signal?.addEventListener('abort', hangUp);
    try {
      await super.connect(place, options);
    } finally {
      signal?.removeEventListener('abort', hangUp);
    }
  }

  override async close(error?: Error): Promise<void> {
    if (!this.connected) this.discard();
    await super.close(error);
  }
}

/**
 * Connects to one of the servers, each tried once. The connection does not reconnect: while it is away, the client
 * would keep what is published, and send it later, when nobody waits for the ack any more.
 * @throws the client's error; Error when the server is too old
 */
export async function connectToNats(settings: NatsConnectionSettings): Promise<NatsConnection> {
  const { url, servers, ...user } = settings.server;
  setTransportFactory({ factory: () => new ClosableTransport(), dnsResolveFn: nodeResolveHost });
  const nats = await NatsConnectionImpl.connect({
    servers: [url, ...servers],
    ...user,
    ...(url.startsWith('tls:') && { tls: {} }),
    name: settings.clientId,
    reconnect: false,
    timeout: settings.timeoutMs,
    pingInterval: settings.pingIntervalMs,
    maxPingOut: settings.maxPingsOut,
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    ...{ signal: settings.signal }, // the client hands its options to the transport
  });
  const version = nats.info?.version ?? 'unknown';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least, from] = OLDEST;
  if (major > least || (major === least && minor >= from)) return nats;
  await nats.close();
  throw new Error(`nats-server ${version} is too old: ${OLDEST.join('.')} is the oldest that can be used`);
}
