import { withoutCredentials } from '../../errors/without-credentials';
import type { Logger } from '../../runtime/logger';
import { retryWithBackOff, sleep } from '../../runtime/retry';
import { AwayWatch } from '../away-watch';
import {
  type Bus,
  type Message,
  NotConnectedError,
  type Place,
  type Subscription,
  type SubscriptionOptions,
} from '../port';
import { uniqueClientId } from '../client-id';
import { KeptSubscription } from '../kept-subscription';
import { NoAnswerError, RefusedError } from './nats-errors';
import { NatsSession } from './nats-session';
import { type NatsClientOptions, readNatsUrl, shownNatsUrl } from './nats-url';
import { PublishWindow } from './publish-window';

export interface NatsStreamingOptions {
  /** As NATS_URL: `readNatsUrl` says what it may be. */
  readonly url: string;
  readonly clusterId: string;
  /** Each client gets an id of its own that starts with this. */
  readonly clientIdPrefix: string;
  readonly logger: Logger;
  /** Put before each channel's name, so that test suites can share one server. Default: nothing. */
  readonly channelPrefix?: string;
  /** Default 3,000 ms. */
  readonly pingIntervalMs?: number;
  /** Default 3: with the interval above a dead server is noticed after 12 s. */
  readonly maxPingsOut?: number;
  /** Published messages that wait for their acks at a time; more wait their turn. Default 256. */
  readonly publishWindow?: number;
  /** For connecting, subscribing, and acks of publishes. Default 5,000 ms. */
  readonly timeoutMs?: number;
  /** A server that is away for so long is an error in the log. Default 60,000 ms. */
  readonly sayAwayAfterMs?: number;
}

/** A client that lived shorter (ms) is followed by the next one only after a pause that grows. */
const SHORT_LIFE_MS = 10_000;

/**
 * NATS Streaming that is always on its way to being connected: it connects in the background with back-off, and when a
 * client is lost it makes a new one, with a new id, and subscribes again. It never throws for a server that is away.
 */
export class NatsStreamingBus implements Bus {
  private session: NatsSession | undefined;
  private readonly wanted = new Set<KeptSubscription>();
  /** Channels of which the server refused the latest message. */
  private readonly refusing = new Set<string>();
  private readonly callbacks = new Set<() => void>();
  private readonly closing = new AbortController();
  private readonly running: Promise<void>;
  private readonly prefix: string;
  private readonly window: PublishWindow;
  private server: NatsClientOptions;
  private readonly away: AwayWatch;

  /** @throws NatsUrlError */
  constructor(private readonly options: NatsStreamingOptions) {
    this.server = readNatsUrl(options.url);
    this.prefix = options.channelPrefix ?? '';
    const facts = { url: shownNatsUrl(options.url), clusterId: options.clusterId };
    this.away = new AwayWatch(options.logger, options.sayAwayAfterMs ?? 60_000, facts);
    this.window = new PublishWindow(options.publishWindow ?? 256);
    this.running = this.run();
  }

  isConnected(): boolean {
    return this.session?.isUp() ?? false;
  }

  /** Since when it is not connected; undefined when it is. */
  downSince(): Date | undefined {
    return this.away.since ?? this.session?.downSince();
  }

  onConnected(callback: () => void): () => void {
    this.callbacks.add(callback);
    return () => this.callbacks.delete(callback);
  }

  async publish(channel: string, payload: string): Promise<void> {
    if (!this.session) throw new NotConnectedError();
    try {
      await this.window.run(() => {
        if (!this.session) throw new NotConnectedError();
        return this.session.publish(this.prefix + channel, payload);
      });
      this.refusing.delete(channel);
    } catch (error) {
      if (error instanceof RefusedError) this.refusing.add(channel);
      throw error;
    }
  }

  /** Channels that the server does not let this process listen to, or publish on; by name. */
  refusedChannels(): readonly string[] {
    const subscriptions = [...this.wanted].filter(({ isRefused }) => isRefused).map(({ channel }) => channel);
    return [...new Set([...subscriptions, ...this.refusing])].sort();
  }

  readonly oldest = (channel: string) => this.edge('oldest', channel);
  readonly newest = (channel: string) => this.edge('newest', channel);

  subscribe(channel: string, options: SubscriptionOptions, onMessage: (message: Message) => void): Subscription {
    const wanted = new KeptSubscription({
      ...{ channel, prefixed: this.prefix + channel, options, logger: this.options.logger },
      onMessage: (message) => this.deliver({ ...message, channel }, onMessage),
    });
    this.wanted.add(wanted);
    if (this.session) wanted.make(this.session).catch(() => undefined); // it fails the session, which is replaced
    const end = async (how: 'close' | 'unsubscribe') => {
      this.wanted.delete(wanted);
      await wanted.end(how);
    };
    return { close: () => end('close'), unsubscribe: () => end('unsubscribe') };
  }

  /** Closes the client. Close the subscriptions first, or the server answers 'stan: invalid subscription'. Idempotent. */
  async close(): Promise<void> {
    this.closing.abort();
    this.away.close();
    await this.session?.close();
    await this.running;
  }

  /** What a subscription's callback threw: the message is not acked, unless the callback did so before. */
  protected callbackThrew(error: unknown, { channel, sequence }: Message): void {
    this.options.logger.error({ err: error, channel, sequence }, 'a callback could not take a message');
  }

  private deliver(message: Message, onMessage: (message: Message) => void): void {
    try {
      onMessage(message);
    } catch (error) {
      this.callbackThrew(error, message); // or the client would swallow it
    }
  }

  private call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.options.logger.error({ err: error }, 'an onConnected callback failed');
    }
  }

  private async edge(which: 'oldest' | 'newest', channel: string): Promise<Place | undefined> {
    if (!this.session) throw new NotConnectedError();
    try {
      return await this.session.edge(which, this.prefix + channel);
    } catch (error) {
      if (error instanceof RefusedError) {
        throw new RefusedError(`NATS Streaming refuses ${channel}: ${error.message}`, { cause: error });
      }
      if (!(error instanceof NoAnswerError)) throw error;
      const what = `NATS Streaming does not say what the ${which} message of ${channel} is`;
      throw new NoAnswerError(`${what}: see whether it hangs or is overloaded, then try again`, { cause: error });
    }
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    try {
      for (let short = 0; !signal.aborted;) {
        this.session = await this.connect();
        this.away.end();
        const since = Date.now();
        await this.live(this.session);
        const downSince = this.session.downSince();
        this.session = undefined;
        if (!signal.aborted) this.away.begin(downSince);
        // A server that takes clients and then refuses what they ask must not be stormed.
        short = Date.now() - since < SHORT_LIFE_MS ? short + 1 : 0;
        if (short > 0) await sleep(Math.min(5_000, 100 * 2 ** short), signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error; // closed while connecting or waiting: nothing else is thrown here
    }
  }

  private async live(session: NatsSession): Promise<void> {
    const { logger } = this.options;
    if (this.closing.signal.aborted) return session.close();
    try {
      await Promise.all([...this.wanted].map((wanted) => wanted.make(session)));
      logger.info('connected to NATS Streaming');
      for (const callback of this.callbacks) this.call(callback);
    } catch (error) {
      if (error instanceof NoAnswerError) logger.warn('NATS Streaming did not answer to a subscription');
      else logger.error({ err: error }, 'could not subscribe on NATS Streaming');
    }
    const reason = await session.lost;
    if (!this.closing.signal.aborted) {
      logger.warn({ reason: withoutCredentials(reason.message) }, 'lost the NATS Streaming client: making a new one');
    }
  }

  private connect(): Promise<NatsSession> {
    const { url, clusterId, clientIdPrefix, logger } = this.options;
    return retryWithBackOff(
      () =>
        NatsSession.open({
          server: this.nextServer(),
          clusterId,
          clientId: uniqueClientId(clientIdPrefix),
          pingIntervalMs: this.options.pingIntervalMs ?? 3_000,
          maxPingsOut: this.options.maxPingsOut ?? 3,
          timeoutMs: this.options.timeoutMs ?? 5_000,
        }),
      {
        firstMs: 100,
        maxMs: 5_000,
        signal: this.closing.signal,
        onRetry: (error, attempt, delayMs) =>
          logger.warn(
            { url: shownNatsUrl(url), attempt, delayMs, reason: withoutCredentials(String(error)) },
            'cannot reach NATS Streaming: trying again',
          ),
      },
    );
  }

  /** Each in its turn: the client itself gives up with the first one that cannot be reached. */
  private nextServer(): NatsClientOptions {
    const { url, servers, ...user } = this.server;
    const [next = url, ...others] = servers;
    this.server = { url: next, servers: [...others, url].filter((other) => other !== next), ...user };
    return { url, servers, ...user };
  }
}
