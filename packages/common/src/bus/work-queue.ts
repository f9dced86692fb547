/** One message to handle. `run` never rejects; `paused` means that it could not be handled now and stays in the queue. */
export interface Work {
  /** Names the message: a second copy of one that is in hand is dropped. */
  readonly id: string;
  /** Work with the same key runs one at a time, in the order of arrival. */
  readonly key: string;
  run(): Promise<'done' | 'paused'>;
  /** Called instead of `run` when it waited too long or there is no room: the server delivers it again. */
  letGo(): void;
}

export interface WorkQueueOptions {
  readonly concurrency: number;
  /** Work that waited longer than this (ms) is let go: by then the server delivers the message to somebody else. */
  readonly letGoAfterMs: number;
  /** At most this many wait; more are let go at once. */
  readonly capacity: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

interface Waiting {
  work: Work;
  since: number;
}

/**
 * Bounds what a consumer has in hand. The server's maxInFlight does not: it is ignored by redeliveries (a member with a
 * limit of 4 was seen to hold 54 after its peer died).
 */
export class WorkQueue {
  private readonly waiting = new Map<string, Waiting>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly busyKeys = new Set<string>();
  private paused = false;
  private draining = false;
  /** When something was finished, or came to an empty queue. */
  private progressAt = 0;
  private readonly now: () => number;

  constructor(private readonly options: WorkQueueOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  /** Takes the work, unless it is in hand already. A newer copy of waiting work takes its place in the line. */
  offer(work: Work): void {
    if (this.draining || this.running.has(work.id)) return;
    const known = this.waiting.get(work.id);
    if (known) {
      known.work = work;
      known.since = this.now();
      return;
    }
    if (this.waiting.size >= this.options.capacity) return work.letGo();
    const since = this.now();
    if (this.waiting.size + this.running.size === 0) this.progressAt = since;
    this.waiting.set(work.id, { work, since });
    this.next();
  }

  /** Starts nothing until `resume`; what runs goes on. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.next();
  }

  /** Forgets what waits and resolves when nothing runs any more. Takes no work from now on. */
  async drain(): Promise<void> {
    this.draining = true;
    this.waiting.clear();
    await Promise.all(this.running.values());
  }

  get size(): { waiting: number; running: number } {
    return { waiting: this.waiting.size, running: this.running.size };
  }

  /** How long (ms) nothing was finished, while something is in hand; 0 when nothing is. What is let go is not finished. */
  get stalledMs(): number {
    return this.waiting.size + this.running.size === 0 ? 0 : this.now() - this.progressAt;
  }

  private next(): void {
    if (this.paused) return;
    for (const [id, { work, since }] of this.waiting) {
      if (this.running.size >= this.options.concurrency) return;
      if (this.busyKeys.has(work.key)) continue;
      this.waiting.delete(id);
      if (this.now() - since > this.options.letGoAfterMs) work.letGo();
      else this.start(work, since);
    }
  }

  private start(work: Work, since: number): void {
    this.busyKeys.add(work.key);
    const run = work.run().then((result) => {
      this.running.delete(work.id);
      this.busyKeys.delete(work.key);
      if (result === 'done') this.progressAt = this.now();
      else if (!this.draining) this.waiting.set(work.id, { work, since });
      this.next();
    });
    this.running.set(work.id, run);
  }
}
