import { connect } from 'nats';
import type { NatsClientOptions } from '../nats-url';

export type NatsClient = ReturnType<typeof connect>;

/** Tries the first server once. After `reconnectFromNowOn` it stays connected. */
export function connectOnce({ servers: _others, ...first }: NatsClientOptions): NatsClient {
  return connect({
    ...first,
    encoding: 'binary',
    reconnect: false,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
  });
}

/**
 * Not from the start: when a connection closes before the server has sent anything, as with a proxy whose server is
 * away, the library makes the next one without a pause (2,700 in a second were seen). Both members are missing in its
 * types.
 */
export function reconnectFromNowOn(nats: NatsClient, { servers }: NatsClientOptions): void {
  const client = nats as unknown as { options: { reconnect: boolean }; addServer(url: string): void };
  client.options.reconnect = true;
  for (const url of servers) client.addServer(url);
}
