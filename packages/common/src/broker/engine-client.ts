import { BROKER_WAITS } from '../runtime/policies';
import type { Engine } from './away-watch';
import { type BrokerSession, Connection } from './connection';
import { NoAnswerError, RefusedError } from './errors';
import { KeptSubscription } from './kept-subscription';
import type { BrokerOptions, ConsumeOptions, Message, PublishAck, PublishOptions, Subscription } from './port';
import { PublishWindow } from './publish-window';

/** A client of an engine that publishes and subscribes. */
export interface EngineSession extends BrokerSession {
  /** Aborts as soon as this client is finished. */
  readonly over: AbortSignal;
  isUp(): boolean;
  /** @throws like `Broker.publish` */
  publish(prefixed: string, payload: string, options?: PublishOptions): Promise<PublishAck>;
  /**
   * Resolves once the broker has the subscription, to what ends it; the group keeps its position.
   * @param onRefused called when the broker refuses it later; it has ended then
   * @throws RefusedError; NotNowError; or anything else, after which this client cannot be used
   */
  consume(
    prefixed: string,
    options: ConsumeOptions,
    onMessage: (message: Message) => void,
    onRefused: () => void,
  ): Promise<() => Promise<void>>;
}

/** The part of `Broker` that is the same for every engine: one client after the other, and what outlives them. */
export class EngineClient<S extends EngineSession> {
  readonly connection: Connection<S>;
  /** Prefix of each channel's name. */
  readonly prefix: string;
  private readonly wanted = new Set<KeptSubscription<S>>();
  /** Channels whose latest message the broker refused. */
  private readonly refusing = new Set<string>();
  private readonly window: PublishWindow;

  /** Begins to connect at once. @param open makes a client; it throws the engine's error when that fails */
  constructor(
    private readonly engine: Engine,
    private readonly options: BrokerOptions,
    open: (signal: AbortSignal) => Promise<S>,
  ) {
    this.prefix = options.channelPrefix ?? '';
    this.window = new PublishWindow(options.publishWindow ?? 256);
    this.connection = new Connection({
      ...{ engine, open, logger: options.logger, sayAwayAfterMs: options.sayAwayAfterMs ?? BROKER_WAITS.sayAwayMs },
      prepare: (session) => Promise.all([...this.wanted].map((wanted) => wanted.make(session))),
    });
  }

  isConnected(): boolean {
    return this.connection.session?.isUp() ?? false;
  }

  async publish(channel: string, payload: string, options?: PublishOptions): Promise<PublishAck> {
    this.connection.need();
    try {
      const ack = await this.window.run(() => this.connection.need().publish(this.prefix + channel, payload, options));
      this.refusing.delete(channel);
      return ack;
    } catch (error) {
      if (error instanceof RefusedError) this.refusing.add(channel);
      throw error;
    }
  }

  /**
   * Makes a request about a channel. @param silent what to say when the broker does not answer
   * @throws like `Broker.extent`, with the channel's name
   */
  async ask<T>(
    channel: string,
    silent: (error: NoAnswerError) => string,
    ask: (session: S, prefixed: string) => Promise<T>,
  ): Promise<T> {
    try {
      return await ask(this.connection.need(), this.prefix + channel);
    } catch (error) {
      if (error instanceof RefusedError) {
        throw new RefusedError(`${this.engine.name} refuses ${channel}: ${error.message}`, { cause: error });
      }
      if (!(error instanceof NoAnswerError)) throw error;
      throw new NoAnswerError(silent(error), { cause: error });
    }
  }

  refusedChannels(): readonly string[] {
    const subscriptions = [...this.wanted].filter(({ isRefused }) => isRefused).map(({ channel }) => channel);
    return [...new Set([...subscriptions, ...this.refusing])].sort();
  }

  consume(channel: string, options: ConsumeOptions, onMessage: (message: Message) => void): Subscription {
    const wanted = new KeptSubscription<S>({
      ...{ engine: this.engine.name, channel, onMessage, logger: this.options.logger },
      subscribe: (session, onNext, onRefused) => session.consume(this.prefix + channel, options, onNext, onRefused),
    });
    this.wanted.add(wanted);
    const { session } = this.connection;
    if (session) wanted.make(session).catch(() => undefined); // the failed session is replaced
    const close = async () => {
      this.wanted.delete(wanted);
      await wanted.end();
    };
    return { ready: wanted.ready, close };
  }
}
