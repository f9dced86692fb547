import type {
  Broker,
  BrokerOptions,
  ConsumeOptions,
  Extent,
  Loss,
  Message,
  Position,
  PublishAck,
  Subscription,
} from '../port';
import { BROKER_WAITS } from '../../runtime/policies';
import type { Edge } from './channel-edge';
import { lossBetween } from './channel-loss';
import { uniqueClientId } from '../client-id';
import { EngineClient } from '../engine-client';
import { ENGINE, NatsSession } from './nats-session';
import { type NatsClientOptions, readNatsUrl, shownNatsUrl } from '../nats-url';
import { readChannel } from './read-channel';

export interface NatsStreamingOptions extends BrokerOptions {
  /** In the form of NATS_URL: see `readNatsUrl`. */
  readonly url: string;
  readonly clusterId: string;
  /** Default 3,000 ms. */
  readonly pingIntervalMs?: number;
  /** Default 3: with the interval above a dead server is noticed after 12 s. */
  readonly maxPingsOut?: number;
}

/** `Broker` on NATS Streaming. A new client has a new id, and subscribes again. */
export class NatsStreamingBroker implements Broker {
  readonly engine = 'streaming';
  private readonly client: EngineClient<NatsSession>;
  private server: NatsClientOptions;

  /** @throws NatsUrlError */
  constructor(private readonly options: NatsStreamingOptions) {
    const { url, clusterId } = options;
    this.server = readNatsUrl(url);
    const engine = {
      ...{ name: ENGINE, place: { url: shownNatsUrl(url), clusterId } },
      settings: 'NATS_URL (host, port, user), NATS_CLUSTER_ID',
    };
    this.client = new EngineClient(engine, options, () => this.open());
  }

  isConnected(): boolean {
    return this.client.isConnected();
  }

  downSince(): Date | undefined {
    return this.client.connection.downSince();
  }

  onConnected(callback: () => void): () => void {
    return this.client.connection.onConnected(callback);
  }

  /** The server reports nothing about the stored message, and knows no ids. */
  publish(channel: string, payload: string): Promise<PublishAck> {
    return this.client.publish(channel, payload);
  }

  refusedChannels(): readonly string[] {
    return this.client.refusedChannels();
  }

  consume(channel: string, options: ConsumeOptions, onMessage: (message: Message) => void): Subscription {
    return this.client.consume(channel, options, onMessage);
  }

  async forgetGroup(channel: string, group: string): Promise<void> {
    await this.ask(channel, `forgets the group ${group} in`, (session, prefixed) => session.forget(prefixed, group));
  }

  async *readAll(channel: string, { after }: { readonly after?: Position | undefined } = {}) {
    const last = await this.edge('newest', channel);
    if (!last) return;
    const still = () => this.edge('newest', channel);
    const reading = readChannel(this.client.connection.need(), this.client.prefix + channel, {
      channel,
      last,
      after,
      still,
    });
    for await (const message of reading) yield { ...message, channel };
  }

  async extent(channel: string): Promise<Extent | 'empty'> {
    const [first, last] = await Promise.all([this.edge('oldest', channel), this.edge('newest', channel)]);
    return first && last ? { first, last, held: last.sequence - first.sequence + 1 } : 'empty';
  }

  async lossSince(channel: string, reached: Position | undefined): Promise<Loss | undefined> {
    const oldest = await this.edge('oldest', channel);
    return oldest && lossBetween(reached, oldest);
  }

  readonly lossBetween = lossBetween;

  /** Only the server's monitoring port tells it: `npm run nats:monitor`, `npm run ops -- channel`. */
  backlog(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** It syncs before an ack, unless somebody turns that off (`--file_sync`), which a client cannot see. */
  unsafeBecause(): undefined {
    return undefined;
  }

  /** Otherwise the server answers 'stan: invalid subscription' to remaining ones. */
  close(): Promise<void> {
    return this.client.connection.close();
  }

  private edge(which: Edge, channel: string): Promise<Position | undefined> {
    const what = `says what the ${which} message is of`;
    return this.ask(channel, what, (session, prefixed) => session.edge(which, prefixed));
  }

  /** @param what the request for the channel */
  private ask<T>(
    channel: string,
    what: string,
    ask: (session: NatsSession, prefixed: string) => Promise<T>,
  ): Promise<T> {
    const silent = () => `nobody ${what} ${channel}: see whether ${ENGINE} hangs or is overloaded, then try again`;
    return this.client.ask(channel, silent, ask);
  }

  private open(): Promise<NatsSession> {
    const { answerMs, pingMs, missedPings } = BROKER_WAITS;
    const { clusterId, clientIdPrefix, timeoutMs = answerMs } = this.options;
    const { pingIntervalMs = pingMs, maxPingsOut = missedPings } = this.options;
    return NatsSession.open({
      ...{ server: this.nextServer(), clusterId, clientId: uniqueClientId(clientIdPrefix) },
      ...{ pingIntervalMs, maxPingsOut, timeoutMs },
    });
  }

  /** One server after the other, because the client itself gives up when it cannot reach the first one. */
  private nextServer(): NatsClientOptions {
    const { url, servers, ...user } = this.server;
    const [next = url, ...others] = servers;
    this.server = { url: next, servers: [...others, url].filter((other) => other !== next), ...user };
    return { url, servers, ...user };
  }
}
