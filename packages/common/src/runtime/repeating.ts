/**
 * Does something again and again, one at a time, each `everyMs` (ms) after the last one ended. `task` must not reject; its
 * signal aborts when it is to stop: a long one then ends after what it has in hand.
 */
export class Repeating {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    private readonly task: (stopping: AbortSignal) => Promise<void>,
    private readonly everyMs: number,
  ) {}

  start(): void {
    this.schedule(this.everyMs);
  }

  /** Does it at once, or right after the one that runs, and resolves when that is done. */
  now(): Promise<void> {
    clearTimeout(this.timer);
    this.current = this.current
      .then(() => (this.stopping.signal.aborted ? undefined : this.task(this.stopping.signal)))
      .finally(() => this.schedule(this.everyMs));
    return this.current;
  }

  /** Waits for the one that runs; none follows. Idempotent. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.current;
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => void this.now(), ms);
  }
}
