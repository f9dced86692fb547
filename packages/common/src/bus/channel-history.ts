import type { Connection } from 'mongoose';
import type { Message } from './bus';

type Place = Pick<Message, 'sequence' | 'storedAt'>;

interface Position extends Place {
  _id: string;
}

/** What happened to a channel's history, in the words that are logged. */
export type BrokenHistory =
  | { readonly kind: 'lost'; readonly from: number; readonly to: number }
  | { readonly kind: 'new-store'; readonly had: number; readonly offered: number };

/**
 * Compares how far a group has come with the oldest message that the channel offers. Pure.
 * A first sequence beyond the expected one: messages were dropped by the channel's limits before the group had them.
 * A sequence that the group has passed, stored later than what it passed: the server has a new store.
 */
export function compareHistory(reached: Place | undefined, oldest: Place): BrokenHistory | undefined {
  const had = reached?.sequence ?? 0;
  if (reached && oldest.sequence <= had && oldest.storedAt > reached.storedAt) {
    return { kind: 'new-store', had, offered: oldest.sequence };
  }
  if (oldest.sequence > had + 1) return { kind: 'lost', from: had + 1, to: oldest.sequence - 1 };
  return undefined;
}

/**
 * How far one group has come in one channel: the latest message that it handled. Kept in memory and written once in a
 * while, so after a crash it lags behind and the group may report a loss that was none. Not noticed here: a message that
 * was in hand at a crash and is dropped by the channel's limits before it comes again.
 */
export class ChannelHistory {
  private reached: Place | undefined;
  private baseline: Place | undefined;
  private written: Place | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly group: string,
    private readonly channel: string,
  ) {}

  /** Reads what the group, in any process, has reached. */
  async load(): Promise<void> {
    const stored = await this.positions().findOne({ _id: this.id });
    if (stored && stored.storedAt > (this.reached?.storedAt ?? -1)) {
      this.reached = this.written = { sequence: stored.sequence, storedAt: stored.storedAt };
    }
    this.mark();
  }

  /** Remembers what is reached now as what the next `check` compares with. */
  mark(): void {
    this.baseline = this.reached;
  }

  /** Compares what was reached when it was marked with the oldest message that the channel has now. */
  check(oldest: Place): BrokenHistory | undefined {
    const broken = compareHistory(this.baseline, oldest);
    if (broken && this.reached === this.baseline) {
      this.reached = { sequence: oldest.sequence - 1, storedAt: oldest.storedAt };
    }
    this.mark();
    return broken;
  }

  /** Notes a handled message. Returns what is wrong when its sequence starts again. */
  passed(place: Place): BrokenHistory | undefined {
    const { reached } = this;
    const older = reached && place.sequence <= reached.sequence;
    const broken = older ? compareHistory(reached, place) : undefined;
    if (!older || broken) this.reached = place;
    return broken;
  }

  /** Writes the position if it changed; never back to an earlier one, which another member may hold. */
  async flush(): Promise<void> {
    const { reached } = this;
    if (!reached || reached === this.written) return;
    const place = { sequence: reached.sequence, storedAt: reached.storedAt };
    const moved = await this.positions().updateOne(
      { _id: this.id, storedAt: { $lte: place.storedAt } },
      { $set: place },
    );
    if (moved.matchedCount === 0 && !this.written) {
      await this.positions().updateOne({ _id: this.id }, { $setOnInsert: place }, { upsert: true });
    }
    this.written = reached;
  }

  private get id(): string {
    return `${this.group}|${this.channel}`;
  }

  private positions() {
    return this.connection.collection<Position>('channel_positions');
  }
}
