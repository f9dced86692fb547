import { withoutCredentials } from '../errors/without-credentials';
import type { Logger } from '../runtime/logger';
import { BACK_OFF, BROKER_WAITS } from '../runtime/policies';
import { retryWithBackOff, sleep } from '../runtime/retry';
import { AwayWatch, type Engine } from './away-watch';
import { NoAnswerError, NotConnectedError } from './errors';

/** The life of one client of an engine, from connect to lost. */
export interface BrokerSession {
  /** Resolves with the reason when this client is finished. */
  readonly lost: Promise<Error>;
  /** Since when it has no connection; undefined while it has one. */
  downSince(): Date | undefined;
  /** Resolves when it has left the server, which a lost client does by itself. Does not reject. Idempotent. */
  close(): Promise<void>;
}

export interface ConnectionOptions<S extends BrokerSession> {
  readonly engine: Engine;
  /** After this time (ms) a broker that is away is an error in the log. */
  readonly sayAwayAfterMs: number;
  readonly logger: Logger;
  /** Makes a client. @throws the engine's error when that fails, or the signal aborts, if it heeds that */
  readonly open: (signal: AbortSignal) => Promise<S>;
  /** Makes the subscriptions on a new client. @throws when the client cannot be used; it then ends by itself */
  readonly prepare: (session: S) => Promise<unknown>;
}

/** Keeps connecting in the background, with back-off, and with a new client when one is lost. */
export class Connection<S extends BrokerSession> {
  private current: S | undefined;
  private readonly callbacks = new Set<() => void>();
  /** Finished clients that have not left the server yet. */
  private leaving: Promise<unknown> = Promise.resolve();
  private readonly closing = new AbortController();
  private readonly running: Promise<void>;
  private readonly away: AwayWatch;

  constructor(private readonly options: ConnectionOptions<S>) {
    this.away = new AwayWatch(options.logger, options.sayAwayAfterMs, options.engine);
    this.running = this.run();
  }

  /** The present client, perhaps without a connection; undefined without a client. */
  get session(): S | undefined {
    return this.current;
  }

  /** @throws NotConnectedError when there is no client */
  need(): S {
    if (!this.current) throw new NotConnectedError(this.options.engine.name);
    return this.current;
  }

  /** Since when it is not connected; undefined while it is. */
  downSince(): Date | undefined {
    return this.away.since ?? this.current?.downSince();
  }

  /** See `Broker.onConnected`. */
  onConnected(callback: () => void): () => void {
    this.callbacks.add(callback);
    return () => this.callbacks.delete(callback);
  }

  /** Ends the client, and makes no more. Idempotent. */
  async close(): Promise<void> {
    this.closing.abort();
    this.away.close();
    await this.current?.close();
    await this.running;
    await this.leaving;
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    const { firstMs, maxMs } = BACK_OFF.shortLife;
    try {
      for (let short = 0; !signal.aborted;) {
        const session = await this.connect();
        this.current = session;
        this.away.end();
        const since = Date.now();
        await this.live(session);
        this.current = undefined;
        this.leaving = Promise.all([this.leaving, session.close()]);
        if (!signal.aborted) this.away.begin(session.downSince());
        short = Date.now() - since < BROKER_WAITS.shortLifeMs ? short + 1 : 0;
        if (short > 0) await sleep(Math.min(maxMs, firstMs * 2 ** (short - 1)), signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error; // closed while connecting or waiting: no other error is thrown here
    }
  }

  private async live(session: S): Promise<void> {
    const { logger, engine, prepare } = this.options;
    if (this.closing.signal.aborted) return session.close();
    for (const callback of this.callbacks) this.call(callback);
    try {
      await prepare(session);
      logger.info(`connected to ${engine.name}`);
    } catch (error) {
      const isAway = error instanceof NoAnswerError || error instanceof NotConnectedError;
      if (!isAway) logger.error({ err: error }, `could not subscribe on ${engine.name}`);
      else if (!this.closing.signal.aborted) logger.warn(`${engine.name} did not answer to a subscription`);
    }
    const reason = await session.lost;
    if (!this.closing.signal.aborted) {
      logger.warn({ reason: withoutCredentials(reason.message) }, `lost the ${engine.name} client: making a new one`);
    }
  }

  private call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.options.logger.error({ err: error }, 'an onConnected callback failed');
    }
  }

  private connect(): Promise<S> {
    const { engine, logger, open } = this.options;
    const { signal } = this.closing;
    return retryWithBackOff(() => open(signal), {
      ...{ ...BACK_OFF.connectBroker, signal },
      onRetry: (error, attempt, delayMs) =>
        logger.warn(
          { url: engine.place.url, attempt, delayMs, reason: withoutCredentials(String(error)) },
          `cannot reach ${engine.name}: trying again`,
        ),
    });
  }
}
