import type { Logger } from '../runtime/logger';
import { retryWithBackOff } from '../runtime/retry';
import type { Message, SubscriptionOptions } from './port';
import { RefusedError } from './nats-streaming/nats-errors';
import type { NatsSession } from './nats-streaming/nats-session';
import { endSubscription } from './nats-streaming/stan-subscription';

type How = 'close' | 'unsubscribe';

export interface KeptSubscriptionOptions {
  /** As people know it, and as the server does. */
  readonly channel: string;
  readonly prefixed: string;
  readonly options: SubscriptionOptions;
  readonly onMessage: (message: Message) => void;
  readonly logger: Logger;
}

/**
 * A subscription that is wanted until it is ended. It is made on each client; one that the server refuses is tried again
 * alone, so that a channel too many does not end the others.
 */
export class KeptSubscription {
  readonly channel: string;
  private refused = false;
  /** The latest attempt to make it, and how that one is ended. */
  private made: Promise<((how: How) => Promise<void>) | undefined> = Promise.resolve(undefined);
  private readonly ended = new AbortController();

  constructor(private readonly wanted: KeptSubscriptionOptions) {
    this.channel = wanted.channel;
  }

  /** Whether the server refused the latest attempt. */
  get isRefused(): boolean {
    return this.refused;
  }

  /**
   * Resolves when it is made on this client, was ended, or is refused: then it is tried again as long as the client lives.
   * @throws what `NatsSession.subscribe` throws: this client is finished
   */
  make(session: NatsSession): Promise<void> {
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
        resolve();
      };
      const isFinal = (error: unknown) => !(error instanceof RefusedError);
      const signal = AbortSignal.any([this.ended.signal, session.over]);
      retryWithBackOff(() => this.attempt(session), { firstMs: 500, maxMs: 30_000, signal, isFinal, onRetry }).then(
        onMade,
        (error: Error) => (this.ended.signal.aborted ? resolve() : reject(error)),
      );
    });
  }

  /** Ends it, for good. */
  async end(how: How): Promise<void> {
    this.ended.abort();
    await (
      await this.made
    )?.(how);
  }

  private async attempt(session: NatsSession): Promise<void> {
    const { prefixed, options, onMessage } = this.wanted;
    options.onSubscribe?.();
    const subscribed = session.subscribe(prefixed, options, onMessage);
    this.made = subscribed.then(
      (subscription) => (how) => endSubscription(subscription, how),
      () => undefined,
    );
    await subscribed;
  }
}
