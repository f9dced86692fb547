import { createHash } from 'node:crypto';
import type { Broker, Position } from '@ticketing/common';

/** What was read of one channel. */
interface Channel {
  /** The latest messages that were read. */
  from: Position | undefined;
  to: Position | undefined;
  /** The messages that `to` holds. */
  held: Set<string>;
  /** The messages that `from` holds and `to` does not. */
  missing: Set<string>;
}

/**
 * Knows which messages one broker holds and another one lacks, by their payloads and channels. It reads the channels
 * themselves, so it depends on no bridge's word: not on what was acked, nor on what a bridge that died had in hand. A
 * look reads only what is new since the one before. It keeps about 100 bytes in memory for each message.
 */
export class Comparison {
  private readonly channels: ReadonlyMap<string, Channel>;

  constructor(
    private readonly from: Broker,
    private readonly to: Broker,
    names: readonly string[],
  ) {
    this.channels = new Map(names.map((name) => [name, fresh()]));
  }

  /**
   * Of the messages that `from` held when the look began, how many `to` lacks. @throws what `Broker.readAll` throws;
   * the next look goes on
   */
  async look(): Promise<number> {
    const missing = await Promise.all([...this.channels].map(([name, channel]) => this.compare(name, channel)));
    return missing.reduce((sum, count) => sum + count, 0);
  }

  private async compare(name: string, channel: Channel): Promise<number> {
    // What `to` has lost it no longer holds: all is read again.
    if (channel.to && (await this.hasLost(name, channel.to))) Object.assign(channel, fresh());
    const { held, missing } = channel;
    for await (const message of readNew(this.from, name, channel.from)) {
      const digest = digestOf(message.payload);
      if (!held.has(digest)) missing.add(digest);
      channel.from = positionOf(message);
    }
    for await (const message of readNew(this.to, name, channel.to)) {
      const digest = digestOf(message.payload);
      held.add(digest);
      missing.delete(digest);
      channel.to = positionOf(message);
    }
    return missing.size;
  }

  private async hasLost(name: string, reached: Position): Promise<boolean> {
    const [extent, loss] = [await this.to.extent(name), await this.to.lossSince(name, reached)];
    return extent === 'empty' || loss !== undefined;
  }
}

async function* readNew(broker: Broker, name: string, after: Position | undefined) {
  const extent = await broker.extent(name);
  const isRead = extent !== 'empty' && JSON.stringify(positionOf(extent.last)) === JSON.stringify(after);
  if (extent !== 'empty' && !isRead) yield* broker.readAll(name, { after });
}

function fresh(): Channel {
  return { from: undefined, to: undefined, held: new Set(), missing: new Set() };
}

function digestOf(payload: string): string {
  return createHash('sha256').update(payload).digest('base64').slice(0, 22);
}

function positionOf({ sequence, storedAt, store }: Position): Position {
  return { sequence, storedAt, ...(store !== undefined && { store }) };
}
