import { type Bus, type Message, NotConnectedError, type Subscription } from '../port';

/** Messages that are handled at the same time. */
const IN_HAND = 256;
/** A server that answers, and for so long (ms) sends nothing of what it says it has, does not deliver that. */
const DELIVERED_WITHIN_MS = 10_000;
/** Longer than any handling: a message that is acked late would only be read twice (ms). */
const ACK_WAIT_MS = 60_000;

/** NATS Streaming answers, and does not deliver messages that the channel has: its store hides them, or is damaged. */
export class UndeliveredError extends Error {
  override readonly name = 'UndeliveredError';
  constructor(
    channel: string,
    readonly from: number,
    readonly to: number,
  ) {
    super(
      `NATS Streaming does not deliver the messages ${from} to ${to} of ${channel}: its store hides them, or is damaged. ` +
        'Give it an empty store, and have the owners re-emit (docs/runbook.md)',
    );
  }
}

export interface ChannelReaderOptions {
  readonly bus: Bus;
  readonly channel: string;
  /** Called for each message, several at a time, and again for all of them after a reconnect. */
  readonly handle: (message: Message) => void | Promise<void>;
}

/**
 * Reads what a channel holds from its first message on and goes on with what comes, as nobody's queue group: no position
 * is kept on the server, and no consumer gets less.
 */
export class ChannelReader {
  private reached = 0;
  private subscribed = 0;
  /** When it was subscribed, or anything came (ms since 1970). */
  private cameAt = Date.now();
  /** What is being handled, with its sequence. */
  private readonly inHand = new Map<Promise<void>, number>();
  private readonly subscription: Subscription;
  private failure: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;

  constructor(private readonly options: ChannelReaderOptions) {
    const settings = {
      ackWaitMs: ACK_WAIT_MS,
      maxInFlight: IN_HAND,
      onSubscribe: () => {
        this.reached = 0; // the server starts again, perhaps with another store
        this.subscribed += 1;
        this.cameAt = Date.now();
      },
    };
    this.subscription = options.bus.subscribe(options.channel, settings, (message) => this.take(message));
  }

  /** The sequence of the latest message that came. */
  get position(): number {
    return this.reached;
  }

  /** Whether `handle` threw: then `caughtUp` throws that for ever. */
  get failed(): boolean {
    return this.failure !== undefined;
  }

  /**
   * Resolves, with its sequence, when everything up to the newest message that the channel has now was handled; with 0 when
   * the channel is empty.
   * @throws what `handle` threw; UndeliveredError; NoAnswerError when the server is silent, NotConnectedError when the connection is
   * gone, and RefusedError: ask again then
   */
  async caughtUp(): Promise<number> {
    const { bus, channel } = this.options;
    const { subscribed } = this;
    const last = (await bus.newest(channel))?.sequence ?? 0;
    while (!this.failure && (this.reached < last || [...this.inHand.values()].some((sequence) => sequence <= last))) {
      // After a reconnect the sequence may be one of another store.
      if (!bus.isConnected() || (subscribed > 0 && subscribed !== this.subscribed)) throw new NotConnectedError();
      if (this.inHand.size === 0 && Date.now() - this.cameAt > DELIVERED_WITHIN_MS) {
        if (await bus.newest(channel)) throw new UndeliveredError(channel, this.reached + 1, last);
      }
      await this.nextChange();
    }
    if (this.failure) throw this.failure.error;
    return last;
  }

  /** Ends the subscription, and waits for what is in hand. */
  async close(): Promise<void> {
    await this.subscription.close();
    await Promise.all(this.inHand.keys());
  }

  private take(message: Message): void {
    const { subscribed } = this;
    this.cameAt = Date.now();
    const handled = this.run(message).finally(() => {
      this.inHand.delete(handled);
      if (subscribed === this.subscribed) this.reached = Math.max(this.reached, message.sequence);
      this.wake();
    });
    this.inHand.set(handled, message.sequence);
  }

  private async run(message: Message): Promise<void> {
    try {
      await this.options.handle(message);
      message.ack();
    } catch (error) {
      this.failure ??= { error };
    }
  }

  /** Or a little later, to see a connection that is gone. */
  private nextChange(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 100);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** How many messages these channels hold. @throws as `Bus.oldest` does */
export async function messagesHeld(bus: Bus, channels: readonly string[]): Promise<number> {
  const counts = channels.map(async (channel) => {
    const [oldest, newest] = await Promise.all([bus.oldest(channel), bus.newest(channel)]);
    return oldest && newest ? newest.sequence - oldest.sequence + 1 : 0;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
