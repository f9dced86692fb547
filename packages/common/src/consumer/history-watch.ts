import type { Connection } from 'mongoose';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import type { Logger } from '../runtime/logger';
import type { Metrics } from '../runtime/metrics';
import type { Broker, Loss, Message, Position } from '../broker/port';
import { GroupPosition } from './group-position';

/** How often (ms) a connected group asks whether its channels have lost something. */
const CHECK_EVERY_MS = 15_000;

interface Watched {
  readonly position: GroupPosition;
  /** How many losses were told. */
  told: number;
}

/**
 * Keeps how far a group has come in each channel, and tells what the broker lost before the group had it. Those events are
 * gone from the outboxes, too; their owner can publish its current state again (re-emission).
 */
export class HistoryWatch {
  private checkedAt = 0;
  private readonly channels: ReadonlyMap<string, Watched>;

  constructor(
    private readonly broker: Broker,
    connection: Connection,
    group: string,
    channels: readonly string[],
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {
    const watched = (channel: string) => ({ position: new GroupPosition(connection, group, channel), told: 0 });
    this.channels = new Map(channels.map((channel) => [channel, watched(channel)]));
  }

  /** Reads how far the group has come. Call before consuming. */
  async load(): Promise<void> {
    await Promise.all(this.positions.map((position) => position.learn()));
  }

  /**
   * Asks what was lost since what is reached at the time of the call: call it before anything is delivered on a new connection.
   * Never throws: without an answer it is done the next time.
   */
  async check(): Promise<void> {
    this.checkedAt = Date.now();
    const look = async ([channel, watched]: [string, Watched]) => {
      const { told } = watched;
      try {
        const { reached } = watched.position;
        const loss = await this.broker.lossSince(channel, reached);
        if (loss && told === watched.told) this.tell(channel, watched, loss, reached);
      } catch (error) {
        this.logger.debug({ err: error, channel }, 'could not ask whether a channel has lost something');
      }
    };
    await Promise.all([...this.channels].map(look));
  }

  /** The same after a pause: what any member has reached now is what must still be there. */
  async checkFromHere(): Promise<void> {
    await this.learn();
    await this.check();
  }

  /**
   * Call often. While connected: a channel can lose what a slow group has not had yet. While not: the others go on, and what
   * they have handled is no loss when this member comes back.
   */
  async checkNowAndThen(): Promise<void> {
    if (!this.broker.isConnected()) await this.learn();
    else if (Date.now() - this.checkedAt >= CHECK_EVERY_MS) await this.checkFromHere();
  }

  /** Notes a handled message. */
  passed(message: Message): void {
    const watched = this.channels.get(message.channel);
    const before = watched?.position.passed(message);
    if (!watched || !before) return;
    const loss = this.broker.lossBetween(before, message);
    // What lies between two messages that this member has handled went to other members.
    if (loss && loss.kind !== 'lost') this.tell(message.channel, watched, loss, before);
  }

  /** Writes the positions. A database that is away is no reason to fail: they are written the next time. */
  async flush(): Promise<void> {
    try {
      await Promise.all(this.positions.map((position) => position.flush()));
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
    }
  }

  private async learn(): Promise<void> {
    try {
      await this.load();
    } catch (error) {
      this.logger.debug({ err: error }, 'could not read how far the other members have come');
    }
  }

  private get positions(): GroupPosition[] {
    return [...this.channels.values()].map(({ position }) => position);
  }

  private tell(channel: string, watched: Watched, loss: Loss, reached: Position | undefined): void {
    watched.told += 1;
    watched.position.passed(loss.offered); // once is enough
    this.metrics.lostHistory.inc({ subject: channel });
    this.logger.error(
      { channel, ...loss },
      `lost history in ${channel}: ${describe(loss, reached)}; ask the owner to re-emit its state`,
    );
  }
}

function describe(loss: Loss, reached: Position | undefined): string {
  const { kind, offered } = loss;
  switch (kind) {
    case 'lost':
      return `messages ${loss.from} to ${loss.to} were dropped before this group had them`;
    case 'new-store':
      return `its sequences start again (had ${reached?.sequence ?? 0}, now ${offered.sequence}): the broker has a new store`;
    case 'twice':
      return `sequence ${offered.sequence} came as two messages: the broker hides one that it has acked`;
  }
}
