import type { Connection } from 'mongoose';
import { isConnected } from '../database';
import type { Logger } from '../logger';
import { retryWithBackOff } from '../retry';

/** Closed while the database is unavailable: then no message is tried, and none is counted as failed. */
export class DatabaseGate {
  private waiting: Promise<void> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly logger: Logger,
    private readonly signal: AbortSignal,
  ) {}

  /** Call when the database turned out to be unavailable. `onClosed` and `onOpen` are called once per outage. */
  close(onClosed: () => void, onOpen: () => Promise<void>): void {
    if (this.waiting) return;
    onClosed();
    this.logger.warn('MongoDB is unavailable: the listeners pause, nothing is counted as failed');
    this.waiting = this.untilBack()
      .then(async () => {
        this.waiting = undefined;
        this.logger.info('MongoDB is back: the listeners go on');
        await onOpen();
      })
      .catch(() => undefined); // given up because the consumer drains
  }

  private async untilBack(): Promise<void> {
    const ping = async () => {
      if (!(await isConnected(this.connection))) throw new Error('no answer to a ping');
    };
    await retryWithBackOff(ping, { firstMs: 100, maxMs: 1_000, signal: this.signal, onRetry: () => undefined });
  }
}
