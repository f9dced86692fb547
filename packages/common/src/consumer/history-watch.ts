import type { Connection } from 'mongoose';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import type { Logger } from '../runtime/logger';
import type { Metrics } from '../runtime/metrics';
import { HISTORY_CHECK_MS } from '../runtime/policies';
import type { Broker, Loss, Message, Position } from '../broker/port';
import { GroupPosition } from './group-position';

interface Watched {
  readonly position: GroupPosition;
  /** How many losses were reported. */
  told: number;
}

/**
 * Keeps the position of a group in each channel, and reports messages that the broker lost before the group had them.
 * Their events are no longer in the outboxes; the owner can publish its current state again (re-emission).
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
    const positionIn = (channel: string) => new GroupPosition(connection, group, channel, broker.engine);
    this.channels = new Map(channels.map((channel) => [channel, { position: positionIn(channel), told: 0 }]));
  }

  /** Reads the group's positions. Call it before consuming. */
  async load(): Promise<void> {
    await Promise.all(this.positions.map((position) => position.learn()));
  }

  /**
   * Checks what was lost since the position at the time of the call. Call it before anything is delivered on a new
   * connection. Does not throw: without an answer, the next check looks from the position reached by then.
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

  /** The same after a pause: everything after the position that any member has reached now must still be there. */
  async checkFromHere(): Promise<void> {
    await this.learn();
    await this.check();
  }

  /**
   * Call it often. While connected, because a channel can lose messages that a slow group has not had yet. While not
   * connected, because the others go on, and what they handle is no loss when this member comes back.
   */
  async checkNowAndThen(): Promise<void> {
    if (!this.broker.isConnected()) await this.learn();
    else if (Date.now() - this.checkedAt >= HISTORY_CHECK_MS) await this.checkFromHere();
  }

  /** Records a handled message. */
  passed(message: Message): void {
    const watched = this.channels.get(message.channel);
    const before = watched?.position.passed(message);
    if (!watched || !before) return;
    const loss = this.broker.lossBetween(before, message);
    // Messages between two that this member has handled went to other members.
    if (loss && loss.kind !== 'lost') this.tell(message.channel, watched, loss, before);
  }

  /** Stores the positions. Does not fail when the database is away: they are stored the next time. */
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
