import { isDatabaseUnavailable } from '../mongo/database-errors';
import type { Logger } from '../runtime/logger';
import { outsideSpans } from '../tracing/tracing';
import type { WorkQueue } from './work-queue';

/** The first look comes after this long (ms), and each later one after twice the pause before. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 60_000;

/** Looks at an aggregate. Resolves with whether something of it still waits. */
type Look = () => Promise<boolean>;

export interface ParkedWatchOptions {
  readonly logger: Logger;
  /** While this is true nothing is looked at. */
  readonly isPaused: () => boolean;
  /** Does a look when nothing else with the aggregate's key is under way; resolves with undefined when that took too long. */
  readonly inTurn: WorkQueue['inTurn'];
  /** Called when the database turns out to be unavailable. */
  readonly onOutage: () => void;
}

/**
 * Who parks keeps watch: another member that applies the predecessor need not know that something waits for it. What waits is
 * looked at by pauses that double, so it waits at most about twice as long as its gap lasted. One look at a time.
 */
export class ParkedWatch {
  private readonly watched = new Map<string, { readonly timer: NodeJS.Timeout; readonly pauseMs: number }>();
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: ParkedWatchOptions) {}

  /** Looks at the aggregate soon, and again as long as `look` says so. */
  keep(aggregateId: string, look: Look): void {
    if (this.watched.get(aggregateId)?.pauseMs !== FIRST_PAUSE_MS) this.schedule(aggregateId, look, FIRST_PAUSE_MS);
  }

  /** Waits for the look that runs; none follows. What waits is left to the sweeps of others. Idempotent. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const { timer } of this.watched.values()) clearTimeout(timer);
    this.watched.clear();
    await this.looking;
  }

  private schedule(aggregateId: string, look: Look, pauseMs: number): void {
    if (this.stopped) return;
    clearTimeout(this.watched.get(aggregateId)?.timer);
    const begin = () => {
      this.watched.delete(aggregateId); // so that what is parked during the look starts a watch of its own
      this.looking = this.looking.then(() => this.lookAt(aggregateId, look, pauseMs));
    };
    const timer = outsideSpans(() => setTimeout(begin, pauseMs));
    this.watched.set(aggregateId, { timer: timer.unref(), pauseMs });
  }

  private async lookAt(aggregateId: string, look: Look, pauseMs: number): Promise<void> {
    const { logger, isPaused, inTurn, onOutage } = this.options;
    if (this.stopped) return;
    let waits = true;
    try {
      if (!isPaused()) waits = (await inTurn(aggregateId, look)) ?? true;
    } catch (error) {
      if (isDatabaseUnavailable(error)) onOutage();
      else logger.error({ err: error, aggregateId }, 'a look at what is parked failed');
    }
    if (!waits || this.watched.has(aggregateId)) return;
    this.schedule(aggregateId, look, Math.min(2 * pauseMs, LONGEST_PAUSE_MS));
  }
}
