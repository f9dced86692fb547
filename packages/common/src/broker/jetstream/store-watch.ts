import type { StreamInfo } from '@nats-io/jetstream';
import type { Logger } from '../../runtime/logger';
import { STREAM } from './names';

/** Remembers what the stream has confirmed, and says at each connection when it has lost that. */
export class StoreWatch {
  private store: string | undefined;
  private highest = 0;

  constructor(private readonly logger: Logger) {}

  /** Call it for each message that was stored. */
  stored(sequence: number): void {
    this.highest = Math.max(this.highest, sequence);
  }

  /** Call it for each connection. */
  see({ created, state }: StreamInfo): void {
    const again = 'ask the owners to re-emit their state (docs/runbook.md)';
    if (this.store !== undefined && this.store !== created) {
      this.logger.error(
        { stream: STREAM, before: this.store, now: created },
        `the stream was deleted or lost, and made again: ${again}`,
      );
      this.highest = 0;
    } else if (state.last_seq < this.highest) {
      this.logger.error(
        { stream: STREAM, acked: this.highest, last: state.last_seq },
        `the stream has lost messages that it had acked: ${again}`,
      );
      this.highest = state.last_seq;
    }
    this.store = created;
  }
}
