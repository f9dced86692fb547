/**
 * One message to handle. `run` must not reject; `paused` means that it could not be handled now and stays in the queue.
 */
export interface Work {
  /** Identifies the message. A second copy of a queued or running message is dropped. */
  readonly id: string;
  /** Work with the same key runs one at a time, in the order of arrival. */
  readonly key: string;
  run(): Promise<'done' | 'paused'>;
  /**
   * Called instead of `run` when it waited too long, there is no room, or the queue drains. The message comes again.
   */
  letGo(): void;
}

export interface WorkQueueOptions {
  readonly concurrency: number;
  /**
   * Work that waited longer than this (ms) is let go, because by then the server delivers the message to another
   * member.
   */
  readonly letGoAfterMs: number;
  /** At most this many wait; more are let go at once. */
  readonly capacity: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

interface Place {
  work: Work;
  since: number;
  /** Set while it runs. */
  running?: Promise<void>;
}

/**
 * Bounds the messages that a consumer holds. The server's maxInFlight does not, because redeliveries ignore it (a
 * member with a limit of 4 was seen to hold 54 after its peer died).
 */
export class WorkQueue {
  /** All work in the order of arrival. Running work keeps its place, in case it cannot be handled. */
  private readonly places = new Map<string, Place>();
  private readonly busyKeys = new Set<string>();
  private running = 0;
  private turns = 0;
  private paused = false;
  private draining = false;
  /** When work was last finished, or came to an empty queue. */
  private progressAt = 0;
  private readonly now: () => number;

  constructor(private readonly options: WorkQueueOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  /** Adds the work, unless it already runs. A newer copy of waiting work takes its place in the line. */
  offer(work: Work): void {
    if (this.draining) return work.letGo();
    const known = this.places.get(work.id);
    if (known?.running) return;
    if (known) {
      known.work = work;
      known.since = this.now();
      return;
    }
    if (this.size.waiting >= this.options.capacity) return work.letGo();
    const since = this.now();
    if (this.places.size === 0) this.progressAt = since;
    this.places.set(work.id, { work, since });
    this.next();
  }

  /**
   * Runs a task that is no delivered message, in its turn among the work of the same key. Resolves with undefined when
   * it was let go.
   * @throws the task's error
   */
  inTurn<T>(key: string, task: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const id = `turn ${(this.turns += 1)}`;
      const letGo = () => {
        clearTimeout(timer);
        this.places.delete(id);
        resolve(undefined);
      };
      // No redelivery comes while it waits behind a handler that hangs, so its time must end by itself.
      const timer = setTimeout(letGo, this.options.letGoAfterMs);
      const run = async () => {
        clearTimeout(timer);
        await task().then(resolve, reject);
        return 'done' as const;
      };
      this.offer({ id, key, run, letGo });
    });
  }

  /** Starts nothing until `resume`; running work goes on. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.next();
  }

  /** Lets waiting work go, and resolves when nothing runs any more. Accepts no work from now on. */
  async drain(): Promise<void> {
    this.draining = true;
    for (const [id, { work, running }] of this.places) {
      if (running) continue;
      this.places.delete(id);
      work.letGo();
    }
    await Promise.all([...this.places.values()].flatMap(({ running }) => running ?? []));
  }

  get size(): { waiting: number; running: number } {
    return { waiting: this.places.size - this.running, running: this.running };
  }

  /**
   * How long (ms) nothing was finished while there is work; 0 without work. Work that is let go does not count as
   * finished.
   */
  get stalledMs(): number {
    return this.places.size === 0 ? 0 : this.now() - this.progressAt;
  }

  private next(): void {
    if (this.paused) return;
    for (const [id, place] of this.places) {
      if (this.running >= this.options.concurrency) return;
      if (this.busyKeys.has(place.work.key)) continue;
      if (this.now() - place.since <= this.options.letGoAfterMs) {
        this.start(place);
        continue;
      }
      this.places.delete(id);
      place.work.letGo();
    }
  }

  private start(place: Place): void {
    const { work } = place;
    this.busyKeys.add(work.key);
    this.running += 1;
    place.running = work.run().then((result) => {
      delete place.running;
      this.running -= 1;
      this.busyKeys.delete(work.key);
      if (result === 'done') this.progressAt = this.now();
      if (result === 'done' || this.draining) this.places.delete(work.id);
      this.next();
    });
  }
}
