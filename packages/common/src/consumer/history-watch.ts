import type { Connection } from 'mongoose';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import type { Logger } from '../runtime/logger';
import type { Metrics } from '../runtime/metrics';
import type { Bus, Message } from '../broker/port';
import { type BrokenHistory, ChannelHistory } from './channel-history';

/** How often (ms) a connected group looks at the oldest message of its channels. */
const CHECK_EVERY_MS = 15_000;

/**
 * Says so when a channel lost messages before this group had them, or when the server came back with a new store. The
 * events are gone from the broker and from the outboxes; their owner can publish its current state again (re-emission).
 */
export class HistoryWatch {
  private checkedAt = 0;
  private readonly histories: ReadonlyMap<string, ChannelHistory>;

  constructor(
    private readonly bus: Bus,
    connection: Connection,
    group: string,
    channels: readonly string[],
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {
    this.histories = new Map(channels.map((channel) => [channel, new ChannelHistory(connection, group, channel)]));
  }

  /** Reads how far the group has come. Call before subscribing. */
  async load(): Promise<void> {
    await Promise.all([...this.histories.values()].map((history) => history.load()));
  }

  /** Call before each subscribing: what is reached now is what the channel's oldest message is compared with. */
  mark(channel: string): void {
    this.histories.get(channel)?.mark();
  }

  /** Looks at the oldest message of each channel. Never throws: without a connection it is done at the next one. */
  async check(): Promise<void> {
    this.checkedAt = Date.now();
    const look = async ([channel, history]: [string, ChannelHistory]) => {
      try {
        const oldest = await this.bus.oldest(channel);
        if (oldest) this.report(channel, history.check(oldest));
      } catch (error) {
        this.logger.debug({ err: error, channel }, 'could not look at the oldest message of a channel');
      }
    };
    await Promise.all([...this.histories].map(look));
  }

  /** The same after a pause without a new subscribing: what any member has reached now is what must still be there. */
  async checkFromHere(): Promise<void> {
    await this.learn();
    for (const history of this.histories.values()) history.mark();
    await this.check();
  }

  /**
   * Call often. While connected: a channel can lose what a slow group has not had yet. While not: the others go on, and what
   * they have handled is no loss when this member comes back.
   */
  async checkNowAndThen(): Promise<void> {
    if (!this.bus.isConnected()) await this.learn();
    else if (Date.now() - this.checkedAt >= CHECK_EVERY_MS) await this.checkFromHere();
  }

  /** Notes a handled message. */
  passed(message: Message): void {
    this.report(message.channel, this.histories.get(message.channel)?.passed(message));
  }

  /** Writes the positions. A database that is away is no reason to fail: they are written the next time. */
  async flush(): Promise<void> {
    try {
      await Promise.all([...this.histories.values()].map((history) => history.flush()));
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
    }
  }

  private async learn(): Promise<void> {
    try {
      await Promise.all([...this.histories.values()].map((history) => history.learn()));
    } catch (error) {
      this.logger.debug({ err: error }, 'could not read how far the other members have come');
    }
  }

  private report(channel: string, broken: BrokenHistory | undefined): void {
    if (!broken) return;
    this.metrics.lostHistory.inc({ subject: channel });
    this.logger.error(
      { channel, ...broken },
      `lost history in ${channel}: ${describe(broken)}; ask the owner to re-emit its state`,
    );
  }
}

function describe(broken: BrokenHistory): string {
  switch (broken.kind) {
    case 'lost':
      return `messages ${broken.from} to ${broken.to} were dropped before this group had them`;
    case 'new-store':
      return `its sequences start again (had ${broken.had}, now ${broken.offered}): the server has a new store`;
    case 'twice':
      return `sequence ${broken.sequence} came as two messages: the server hides one that it has acked`;
  }
}
