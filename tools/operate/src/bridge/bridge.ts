import {
  type Broker,
  decodeEvent,
  type Message,
  retryWithBackOff,
  type Subject,
  type Subscription,
  WorkQueue,
} from '@ticketing/common';

/** Published and not yet acked by the other side, of one bridge. */
const IN_HAND = 64;
const BACK_OFF = { firstMs: 50, maxMs: 2_000 };

export interface BridgeOptions {
  readonly from: Broker;
  readonly to: Broker;
  readonly channels: readonly Subject[];
  /** Bridges of one group share the work, and each message is copied by one of them. */
  readonly group: string;
  /** After this time (ms) the others get what a bridge that died had in hand. */
  readonly ackWaitMs: number;
}

export interface BridgeState {
  /** Messages that the other side has acked to this bridge. */
  readonly copied: number;
  /** So many of them were there already, by their ids. */
  readonly duplicates: number;
  /** Messages that this bridge has, and the other side has not acked. */
  readonly inHand: number;
  /** Why the latest publish failed; undefined after one that did not. */
  readonly trouble: string | undefined;
}

/**
 * Copies all messages of the channels from one broker to another, byte for byte, from the first one on, until it is
 * closed. It acks a message only when the other side has acked the copy, so a killed bridge loses nothing, and another
 * one goes on where it was. A message may be copied twice, and copies of an aggregate may change places when bridges
 * die or work side by side: versions decide, as everywhere. One bridge publishes the copies of an aggregate one at a
 * time, and tries each until it succeeds.
 */
export class Bridge {
  private readonly queue: WorkQueue;
  private readonly subscriptions: readonly Subscription[];
  private readonly ending = new AbortController();
  private copied = 0;
  private duplicates = 0;
  private trouble: string | undefined;

  constructor(private readonly options: BridgeOptions) {
    const { from, channels, group, ackWaitMs } = options;
    const capacity = IN_HAND * channels.length * 4; // redeliveries ignore maxInFlight
    this.queue = new WorkQueue({ concurrency: IN_HAND, letGoAfterMs: ackWaitMs, capacity });
    this.subscriptions = channels.map((channel) =>
      from.consume(channel, { group, ackWaitMs, maxInFlight: IN_HAND }, (message) => this.take(channel, message)),
    );
  }

  get state(): BridgeState {
    const { waiting, running } = this.queue.size;
    return { copied: this.copied, duplicates: this.duplicates, inHand: waiting + running, trouble: this.trouble };
  }

  /** Takes no more, waits for the answers to what was published, and leaves the group. Idempotent. */
  async close(): Promise<void> {
    this.ending.abort();
    await this.queue.drain();
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
  }

  private take(channel: Subject, message: Message): void {
    const { sequence, storedAt, payload } = message;
    const place = `${channel}|${sequence}|${storedAt}`;
    const decoded = decodeEvent(channel, message);
    // A message that is no event has no id that could be trusted to be its own.
    const id = decoded.ok ? decoded.event.meta.id : place;
    const aggregate = decoded.ok ? decoded.event.id : undefined;
    const run = async () => {
      try {
        const publish = () => this.options.to.publish(channel, payload, { id, aggregate });
        const onRetry = (error: unknown) => (this.trouble = error instanceof Error ? error.message : String(error));
        const ack = await retryWithBackOff(publish, { ...BACK_OFF, onRetry, signal: this.ending.signal });
        this.trouble = undefined;
        message.ack();
        this.copied += 1;
        if (ack.duplicate) this.duplicates += 1;
      } catch {
        // Closed meanwhile, before it was copied: it comes to another bridge.
      }
      return 'done' as const;
    };
    this.queue.offer({ id: place, key: aggregate ?? place, run, letGo: () => undefined });
  }
}
