import type { Logger } from '../runtime/logger';
import { BACK_OFF } from '../runtime/policies';
import { retryWithBackOff } from '../runtime/retry';
import { NotNowError, RefusedError } from './errors';
import type { Message } from './port';

/** A client of an engine. */
interface Session {
  /** Aborts as soon as this client is finished. */
  readonly over: AbortSignal;
}

export interface KeptSubscriptionOptions<S extends Session> {
  /** The engine's name for people. */
  readonly engine: string;
  readonly channel: string;
  readonly onMessage: (message: Message) => void;
  readonly logger: Logger;
  /**
   * Makes the subscription on a client, and resolves to what ends it.
   * @param onRefused called when the server refuses it later; it has ended then
   * @throws RefusedError; NotNowError; or anything else, after which the client cannot be used
   */
  readonly subscribe: (
    session: S,
    onMessage: (message: Message) => void,
    onRefused: () => void,
  ) => Promise<() => Promise<void>>;
}

/**
 * A subscription that exists until it is ended. It is made on each new client. One that the server refuses, or cannot
 * make now, is tried again alone, so that one channel too many does not end the others.
 */
export class KeptSubscription<S extends Session> {
  readonly channel: string;
  private refused = false;
  private on: S | undefined;
  private making: Promise<void> = Promise.resolve();
  /** The latest attempt to make it, and how to end that. */
  private made: Promise<(() => Promise<void>) | undefined> = Promise.resolve(undefined);
  /** Resolves when it is first made. */
  readonly ready: Promise<void>;
  private isReady: () => void = () => undefined;
  private readonly ended = new AbortController();

  constructor(private readonly wanted: KeptSubscriptionOptions<S>) {
    this.channel = wanted.channel;
    this.ready = new Promise((resolve) => (this.isReady = resolve));
  }

  /** Whether the server refused the latest attempt. */
  get isRefused(): boolean {
    return this.refused;
  }

  /**
   * Resolves when it is made on this client, was ended, or is not made yet but tried again as long as the client lives.
   * @throws what `KeptSubscriptionOptions.subscribe` throws; then this client is finished
   */
  make(session: S): Promise<void> {
    if (this.on === session) return this.making;
    this.on = session;
    this.making = this.makeOn(session);
    return this.making;
  }

  private remake(session: S): void {
    if (this.on !== session) return;
    this.making = this.makeOn(session);
    this.making.catch(() => undefined); // the failed client is replaced
  }

  private makeOn(session: S): Promise<void> {
    this.refused = false;
    const { channel, engine, logger } = this.wanted;
    return new Promise((resolve, reject) => {
      const onRetry = (error: unknown, attempt: number, delayMs: number) => {
        this.refused = error instanceof RefusedError;
        const facts = { channel, reason: String(error), attempt, delayMs };
        const what = this.refused ? 'refuses a subscription' : 'cannot make a subscription now';
        logger[this.refused ? 'error' : 'warn'](facts, `${engine} ${what}: it is tried again, the others go on`);
        resolve();
      };
      const onMade = () => {
        if (this.refused) logger.info({ channel }, `${engine} takes the subscription now`);
        this.refused = false;
        this.isReady();
        resolve();
      };
      const isFinal = (error: unknown) => !(error instanceof RefusedError || error instanceof NotNowError);
      const signal = AbortSignal.any([this.ended.signal, session.over]);
      retryWithBackOff(() => this.attempt(session), { ...BACK_OFF.subscribe, signal, isFinal, onRetry }).then(
        onMade,
        (error: Error) => (this.ended.signal.aborted ? resolve() : reject(error)),
      );
    });
  }

  /** Ends it finally. */
  async end(): Promise<void> {
    this.ended.abort();
    await (
      await this.made
    )?.();
  }

  private async attempt(session: S): Promise<void> {
    const onMessage = (message: Message) => {
      if (!this.ended.signal.aborted) this.deliver({ ...message, channel: this.channel });
    };
    const subscribed = this.wanted.subscribe(session, onMessage, () => this.remake(session));
    this.made = subscribed.catch(() => undefined);
    await subscribed;
  }

  /** The client would swallow an error of the callback, or end by it. */
  private deliver(message: Message): void {
    try {
      this.wanted.onMessage(message);
    } catch (error) {
      const { channel, sequence } = message;
      this.wanted.logger.error({ err: error, channel, sequence }, 'a callback could not take a message');
    }
  }
}
