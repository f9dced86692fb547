import { connect } from 'nats';
import type { NatsClientOptions } from '../nats-url';

export type NatsClient = ReturnType<typeof connect>;

/** Tries the first server, once. `reconnectFromNowOn` has it stay connected. */
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
 * Not from the first: when a connection is closed before the server has said anything, as by a proxy whose server is away,
 * the library makes the next one without a pause (2,700 in a second were seen). Both members are not in its types.
 */
export function reconnectFromNowOn(nats: NatsClient, { servers }: NatsClientOptions): void {
  const client = nats as unknown as { options: { reconnect: boolean }; addServer(url: string): void };
  client.options.reconnect = true;
  for (const url of servers) client.addServer(url);
}
