import type { Logger } from '../../runtime/logger';
import { BACK_OFF } from '../../runtime/policies';
import { retryWithBackOff } from '../../runtime/retry';
import type { ConsumeOptions, Message } from '../port';
import { RefusedError } from '../errors';
import type { NatsSession } from './nats-session';
import { closeSubscription } from './stan-subscription';

export interface KeptSubscriptionOptions {
  /** Its name for people, and for the server. */
  readonly channel: string;
  readonly prefixed: string;
  readonly options: ConsumeOptions;
  readonly onMessage: (message: Message) => void;
  readonly logger: Logger;
}

/**
 * A subscription that exists until it is ended. It is made on each new client. One that the server refuses is tried
 * again alone, so that one channel too many does not end the others.
 */
export class KeptSubscription {
  readonly channel: string;
  private refused = false;
  private on: NatsSession | undefined;
  private making: Promise<void> = Promise.resolve();
  /** The latest attempt to make it, and how to end that. */
  private made: Promise<(() => Promise<void>) | undefined> = Promise.resolve(undefined);
  /** Resolves when it is first made. */
  readonly ready: Promise<void>;
  private isReady: () => void = () => undefined;
  private readonly ended = new AbortController();

  constructor(private readonly wanted: KeptSubscriptionOptions) {
    this.channel = wanted.channel;
    this.ready = new Promise((resolve) => (this.isReady = resolve));
  }

  /** Whether the server refused the latest attempt. */
  get isRefused(): boolean {
    return this.refused;
  }

  /**
   * Resolves when it is made on this client, was ended, or is refused. After a refusal it is tried again as long as the
   * client lives.
   * @throws what `NatsSession.subscribe` throws; then this client is finished
   */
  make(session: NatsSession): Promise<void> {
    if (this.on === session) return this.making;
    this.on = session;
    this.making = this.makeOn(session);
    return this.making;
  }

  private makeOn(session: NatsSession): Promise<void> {
    this.refused = false;
    const { channel, logger } = this.wanted;
    return new Promise((resolve, reject) => {
      const onRetry = (error: unknown, attempt: number, delayMs: number) => {
        this.refused = true;
        const facts = { channel, reason: String(error), attempt, delayMs };
        logger.error(facts, 'NATS Streaming refuses a subscription: it is tried again, the others go on');
        resolve();
      };
      const onMade = () => {
        if (this.refused) logger.info({ channel }, 'NATS Streaming takes the subscription now');
        this.refused = false;
        this.isReady();
        resolve();
      };
      const isFinal = (error: unknown) => !(error instanceof RefusedError);
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

  private async attempt(session: NatsSession): Promise<void> {
    const { prefixed, options, onMessage } = this.wanted;
    const subscribed = session.subscribe(prefixed, options, (message) => {
      if (!this.ended.signal.aborted) onMessage(message);
    });
    this.made = subscribed.then(
      (subscription) => () => closeSubscription(subscription, session.over),
      () => undefined,
    );
    await subscribed;
  }
}
