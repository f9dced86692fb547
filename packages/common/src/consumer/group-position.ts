import type { Connection } from 'mongoose';
import { upsert } from '../mongo/upsert';
import type { EngineName } from '../broker/engines';
import type { Position } from '../broker/port';

interface StoredPosition extends Position {
  _id: string;
}

/**
 * The position of one group in one channel of one engine: the latest message that a member handled. It is kept in memory and stored
 * from time to time, so after a crash it lags behind, and the group may report a loss that did not happen. It does not
 * notice a message that was being handled at a crash and that the channel's limits drop before its redelivery.
 */
export class GroupPosition {
  private latest: Position | undefined;
  private isWritten = true;

  constructor(
    private readonly connection: Connection,
    private readonly group: string,
    private readonly channel: string,
    private readonly engine: EngineName,
  ) {}

  /** Undefined before the group has handled anything. */
  get reached(): Position | undefined {
    return this.latest;
  }

  /**
   * Records a handled message. Returns the latest one before it; undefined when this one is not later, or is the first.
   */
  passed({ sequence, storedAt, store }: Position): Position | undefined {
    const before = this.latest;
    const position = { sequence, storedAt, ...(store !== undefined && { store }) };
    if (before && !isAfter(position, before)) return undefined;
    this.latest = position;
    this.isWritten = false;
    return before;
  }

  /** Stores the position if this member is the furthest. Does not use the database when nothing is new. */
  async flush(): Promise<void> {
    if (this.isWritten) return;
    const stored = await this.learn();
    const { latest } = this;
    if (latest && (!stored || isAfter(latest, stored))) await this.write(latest);
    this.isWritten = latest === this.latest;
  }

  /** Reads the position of the group over all processes. Returns the stored one. */
  async learn(): Promise<Position | undefined> {
    const position = await this.positions().findOne({ _id: this.id }, { projection: { _id: 0 } });
    if (!position) return undefined;
    if (!this.latest || isAfter(position, this.latest)) this.latest = position;
    return position;
  }

  /** Unless another member is further by now. */
  private async write(position: Position): Promise<void> {
    const { sequence, storedAt } = position;
    const before = { $or: [{ storedAt: { $lt: storedAt } }, { storedAt, sequence: { $lt: sequence } }] };
    const write = () => this.positions().updateOne({ _id: this.id, ...before }, { $set: position }, { upsert: true });
    const passed = async () => {
      const stored = await this.learn();
      return stored && !isAfter(position, stored) ? true : undefined;
    };
    await upsert(() => write().then(() => true), passed);
  }

  private get id(): string {
    const id = `${this.group}|${this.channel}`;
    return this.engine === 'streaming' ? id : `${id}|${this.engine}`; // positions without an engine are older than the others
  }

  private positions() {
    return this.connection.collection<StoredPosition>('channel_positions');
  }
}

/** By the server's time, because the sequences of a new store may start again (see `Position`). */
function isAfter(one: Position, other: Position): boolean {
  return one.storedAt > other.storedAt || (one.storedAt === other.storedAt && one.sequence > other.sequence);
}
