import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  type ClusterOptions,
  type JetStreamCluster,
  type Restartable,
  restartableJetStream,
  startJetStreamCluster,
} from '@ticketing/servers';
import { PATIENT, startTcpProxy, uniqueName, waitFor } from '@ticketing/testing';
import { createLogger } from '../../runtime/logger';
import { createBroker, type CreateBrokerOptions } from '../create-broker';
import type { Broker, Message } from '../port';

/** A test waits for seconds at most; a machine under load may take ten times as long. */
export const IN_TIME = { timeoutMs: 60_000 };
export const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `${from + n}`);

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [fact: string]: unknown;
}

/** The servers, proxies and brokers of one test; it ends all of them. */
export class Field {
  readonly channel = uniqueName('channel');
  readonly group = uniqueName('group');
  /** What the brokers of this test have logged. */
  readonly lines: Line[] = [];
  private readonly endings: (() => unknown)[] = [];

  ending(end: () => unknown): void {
    this.endings.push(end);
  }

  async server(options?: Parameters<typeof restartableJetStream>[1]): Promise<Restartable> {
    const server = await restartableJetStream(undefined, options);
    this.ending(async () => {
      await server.signal('SIGCONT');
      await server.remove();
    });
    return server;
  }

  async cluster(options?: ClusterOptions): Promise<JetStreamCluster> {
    const cluster = await startJetStreamCluster(options);
    this.ending(() => cluster.remove());
    return cluster;
  }

  /** While it swallows replies, a ping of its client ends that. */
  async proxyUntilPing(url: string) {
    const proxy = await this.proxy(url, () => (said) => {
      if (said.includes('PING\r\n')) proxy.swallowReplies = false;
    });
    return proxy;
  }

  async proxy(...[url, listenIn]: Parameters<typeof startTcpProxy>) {
    const proxy = await startTcpProxy(url, listenIn);
    this.ending(() => proxy.close());
    return Object.assign(proxy, { url: `nats://127.0.0.1:${proxy.port}` });
  }

  /** A broker that need not be connected. */
  broker(url: string, options: Partial<CreateBrokerOptions> = {}): Broker {
    const write = (line: string) => void this.lines.push(JSON.parse(line) as Line);
    const broker = createBroker({
      ...{ engine: 'jetstream', url, clusterId: '', clientIdPrefix: 'field', ...PATIENT },
      ...{ logger: createLogger({ name: 'field', level: 'info', destination: { write } }), ...options },
    });
    this.ending(() => broker.close());
    return broker;
  }

  async connected(url: string, options?: Partial<CreateBrokerOptions>): Promise<Broker> {
    const broker = this.broker(url, options);
    await waitFor(() => broker.isConnected(), { ...IN_TIME, what: 'a connection' });
    return broker;
  }

  async close(): Promise<void> {
    for (const end of this.endings.splice(0).reverse()) await end();
  }
}

export const errorsOf = ({ lines }: Field) => lines.filter(({ level }) => level >= 50);

/** A plain client of the server. */
export async function asClient(field: Field, url: string): Promise<NatsConnection> {
  const nats = await connect({ servers: url, reconnect: false });
  field.ending(() => nats.close());
  return nats;
}

/** Runs a test on servers and brokers of its own. */
export function inField(run: (field: Field) => Promise<void>): () => Promise<void> {
  return async () => {
    const field = new Field();
    try {
      await run(field);
    } finally {
      await field.close();
    }
  };
}

/** The messages that a member of a group gets. */
export function member(
  broker: Broker,
  { channel, group }: Pick<Field, 'channel' | 'group'>,
  options: { readonly ackWaitMs?: number; readonly maxInFlight?: number } = {},
  handle: (message: Message) => void = (message) => message.ack(),
) {
  const got: Message[] = [];
  const subscription = broker.consume(
    channel,
    { ...{ group, ackWaitMs: 30_000, maxInFlight: 64 }, ...options },
    (message) => {
      got.push(message);
      handle(message);
    },
  );
  const hasAll = (wanted: readonly string[]) => {
    const payloads = new Set(got.map(({ payload }) => payload));
    return wanted.every((one) => payloads.has(one));
  };
  const has = (wanted: readonly string[]) =>
    waitFor(() => hasAll(wanted), { ...IN_TIME, what: `${wanted.length} messages` });
  return { got, subscription, has };
}

/** Publishes like a service: again until it is stored. */
export async function publishUntilStored(broker: Broker, channel: string, payload: string): Promise<void> {
  const publish = () => broker.publish(channel, payload, { id: `${channel}-${payload}` }).then(() => true);
  await waitFor(publish, { ...IN_TIME, everyMs: 100, what: `${payload} to be stored` });
}
