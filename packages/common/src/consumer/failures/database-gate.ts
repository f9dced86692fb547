import type { Connection } from 'mongoose';
import { isConnected } from '../../mongo/database';
import { takesWrites } from '../../mongo/disk-full';
import { errorText } from '../../errors/error-text';
import type { Logger } from '../../runtime/logger';
import { BACK_OFF, DATABASE_PAUSE } from '../../runtime/policies';
import { retryWithBackOff, sleep } from '../../runtime/retry';
import { outsideSpans } from '../../tracing/tracing';

const { leastMs: LEAST_MS, mostMs: MOST_MS } = DATABASE_PAUSE;

class StillAwayError extends Error {}

/** Closed while the database is unavailable. Then no message is tried, and no failure is counted. */
export class DatabaseGate {
  private waiting: Promise<void> | undefined;
  private leastMs: number = LEAST_MS;
  private openedAt = -Infinity;

  constructor(
    private readonly connection: Connection,
    private readonly logger: Logger,
    private readonly signal: AbortSignal,
  ) {}

  get isClosed(): boolean {
    return this.waiting !== undefined;
  }

  /**
   * Call it each time that the database is unavailable. It calls `onClosed` each time. When the database is back it
   * calls `beforeOpen` until that succeeds, and then `onOpen`, once per outage.
   */
  close(onClosed: () => void, beforeOpen: () => Promise<void>, onOpen: () => void): void {
    onClosed();
    if (this.waiting) return;
    this.logger.warn('MongoDB is unavailable: the listeners pause, nothing is counted as failed');
    const wasShort = performance.now() - this.openedAt < MOST_MS;
    this.leastMs = wasShort ? Math.min(MOST_MS, 2 * this.leastMs) : LEAST_MS;
    this.waiting = outsideSpans(() =>
      this.untilBack(beforeOpen).then(
        () => {
          this.waiting = undefined;
          this.openedAt = performance.now();
          this.logger.info('MongoDB is back: the listeners go on');
          onOpen();
        },
        () => undefined, // ended because the consumer drains
      ),
    );
  }

  /** Rejects only when the consumer drains. */
  private async untilBack(beforeOpen: () => Promise<void>): Promise<void> {
    await sleep(this.leastMs, this.signal);
    const goOn = async () => {
      if (!(await isConnected(this.connection)) || !(await takesWrites(this.connection))) throw new StillAwayError();
      await beforeOpen();
    };
    const say = (error: unknown) => {
      if (error instanceof StillAwayError) return;
      const reason = errorText(error);
      this.logger.warn({ reason }, 'MongoDB answers, but the listeners cannot go on yet: trying again');
    };
    await retryWithBackOff(goOn, { ...BACK_OFF.databaseBack, signal: this.signal, onRetry: say });
  }
}
