import type { Connection } from 'mongoose';
import { upsert } from '../mongo/upsert';
import type { Place } from '../broker/port';

interface Position extends Place {
  _id: string;
}

/** What happened to a channel's history, in the words that are logged. */
export type BrokenHistory =
  | { readonly kind: 'lost'; readonly from: number; readonly to: number }
  | { readonly kind: 'new-store'; readonly had: number; readonly offered: number }
  /** The server delivers a record that was never acked, and in return an acked one never: see docs/decisions/0011. */
  | { readonly kind: 'twice'; readonly sequence: number };

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

/** By the server's time, because the sequences of a new store start again; within one millisecond by sequence. */
function isAfter(one: Place, other: Place): boolean {
  return one.storedAt > other.storedAt || (one.storedAt === other.storedAt && one.sequence > other.sequence);
}

/**
 * How far one group has come in one channel: the latest message that a member handled. Kept in memory and written once in
 * a while, so after a crash it lags behind and the group may report a loss that was none. Not noticed here: a message that
 * was in hand at a crash and is dropped by the channel's limits before it comes again.
 */
export class ChannelHistory {
  private reached: Place | undefined;
  private baseline: Place | undefined;
  private isWritten = true;

  constructor(
    private readonly connection: Connection,
    private readonly group: string,
    private readonly channel: string,
  ) {}

  /** Reads what the group, in any process, has reached, and marks it. */
  async load(): Promise<void> {
    await this.learn();
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
      this.isWritten = false;
    }
    this.mark();
    return broken;
  }

  /** Notes a handled message. Returns what is wrong when its sequence starts again, or comes as another message. */
  passed(place: Place): BrokenHistory | undefined {
    const { reached } = this;
    if (reached && !isAfter(place, reached)) return undefined;
    this.reached = { sequence: place.sequence, storedAt: place.storedAt };
    this.isWritten = false;
    if (!reached || place.sequence > reached.sequence) return undefined;
    this.mark(); // said once is enough
    // A new store begins with 1.
    if (place.sequence === reached.sequence && place.sequence > 1) return { kind: 'twice', sequence: place.sequence };
    return compareHistory(reached, place);
  }

  /** Writes the position if this member is the furthest. Asks the database nothing when there is nothing new to write. */
  async flush(): Promise<void> {
    if (this.isWritten) return;
    const stored = await this.learn();
    const { reached } = this;
    if (reached && (!stored || isAfter(reached, stored))) await this.write(reached);
    this.isWritten = reached === this.reached;
  }

  /** Unless another member has come further meanwhile. */
  private async write({ sequence, storedAt }: Place): Promise<void> {
    const before = { $or: [{ storedAt: { $lt: storedAt } }, { storedAt, sequence: { $lt: sequence } }] };
    const write = () =>
      this.positions().updateOne({ _id: this.id, ...before }, { $set: { sequence, storedAt } }, { upsert: true });
    const passed = async () => {
      const stored = await this.learn();
      return stored && !isAfter({ sequence, storedAt }, stored) ? true : undefined;
    };
    await upsert(() => write().then(() => true), passed);
  }

  /** Reads what the group, in any process, has reached. Returns what is stored. */
  async learn(): Promise<Place | undefined> {
    const stored = await this.positions().findOne({ _id: this.id });
    if (!stored) return undefined;
    const place = { sequence: stored.sequence, storedAt: stored.storedAt };
    if (!this.reached || isAfter(place, this.reached)) this.reached = place;
    return place;
  }

  private get id(): string {
    return `${this.group}|${this.channel}`;
  }

  private positions() {
    return this.connection.collection<Position>('channel_positions');
  }
}
