/** Does something again and again, one at a time, each `everyMs` (ms) after the last one ended. `task` must not reject. */
export class Repeating {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly task: () => Promise<void>,
    private readonly everyMs: number,
  ) {}

  start(): void {
    this.schedule(this.everyMs);
  }

  /** Does it at once, or right after the one that runs, and resolves when that is done. */
  now(): Promise<void> {
    clearTimeout(this.timer);
    this.current = this.current
      .then(() => (this.stopped ? undefined : this.task()))
      .finally(() => this.schedule(this.everyMs));
    return this.current;
  }

  /** Waits for the one that runs; none follows. Idempotent. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.current;
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.now(), ms);
  }
}
