/** Items are handled together: after this long (ms), or as soon as so many wait. */
const FLUSH_AFTER_MS = 50;
const FLUSH_AT = 500;

/** Collects items and handles them in bulk. `handle` must not reject. */
export class Batch<T> {
  private waiting: T[] = [];
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(private readonly handle: (items: readonly T[]) => Promise<void>) {}

  add(item: T): void {
    this.waiting.push(item);
    if (this.waiting.length >= FLUSH_AT) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS);
  }

  /** Handles what waits now; resolves when all that was added so far is handled. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const items = this.waiting;
    this.waiting = [];
    if (items.length > 0) this.flushing = Promise.all([this.flushing, this.handle(items)]).then(() => undefined);
    return this.flushing;
  }
}
