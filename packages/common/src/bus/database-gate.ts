import type { Connection } from 'mongoose';
import { isConnected } from '../database';
import type { Logger } from '../logger';
import { retryWithBackOff } from '../retry';
import { outsideSpans } from '../tracing/tracing';

/** Closed while the database is unavailable: then no message is tried, and none is counted as failed. */
export class DatabaseGate {
  private waiting: Promise<void> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly logger: Logger,
    private readonly signal: AbortSignal,
  ) {}

  get isClosed(): boolean {
    return this.waiting !== undefined;
  }

  /**
   * Call each time that the database turned out to be unavailable: `onClosed` is called each time, and when the database
   * is back `beforeOpen` and then `onOpen`, once per outage.
   */
  close(onClosed: () => void, beforeOpen: () => Promise<void>, onOpen: () => void): void {
    onClosed();
    if (this.waiting) return;
    this.logger.warn('MongoDB is unavailable: the listeners pause, nothing is counted as failed');
    this.waiting = outsideSpans(
      () =>
        this.untilBack()
          .then(beforeOpen)
          .then(() => {
            this.waiting = undefined;
            this.logger.info('MongoDB is back: the listeners go on');
            onOpen();
          })
          .catch(() => undefined), // given up because the consumer drains
    );
  }

  private async untilBack(): Promise<void> {
    const ping = async () => {
      if (!(await isConnected(this.connection))) throw new Error('no answer to a ping');
    };
    await retryWithBackOff(ping, { firstMs: 100, maxMs: 1_000, signal: this.signal, onRetry: () => undefined });
  }
}
