/**
 * Runs a task repeatedly, one at a time, each `everyMs` (ms) after the last one ended. `task` must not reject. Its
 * signal aborts when the task should stop; a long task then ends after its current step.
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

  /** Runs the task at once, or right after the current run, and resolves when that is done. */
  now(): Promise<void> {
    clearTimeout(this.timer);
    this.current = this.current
      .then(() => (this.stopping.signal.aborted ? undefined : this.task(this.stopping.signal)))
      .finally(() => this.schedule(this.everyMs));
    return this.current;
  }

  /** Waits for the current run; no other follows. Idempotent. */
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
