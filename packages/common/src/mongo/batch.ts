import { outsideSpans } from '../tracing/tracing';

/** Items are handled together: after this long (ms) or as soon as so many wait, but not before the last batch is done. */
const FLUSH_AFTER_MS = 50;
const FLUSH_AT = 500;

/** Collects items and handles them in bulk, one batch at a time: the slower it goes, the larger they are. `handle` must not reject. */
export class Batch<T> {
  private waiting: T[] = [];
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(private readonly handle: (items: readonly T[]) => Promise<void>) {}

  add(item: T): void {
    this.waiting.push(item);
    if (this.waiting.length >= FLUSH_AT) void this.flush();
    else this.timer ??= outsideSpans(() => setTimeout(() => void this.flush(), FLUSH_AFTER_MS));
  }

  /** Handles what waits, once the batch before it is done; resolves when all that was added so far is. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flushing = this.flushing.then(async () => {
      const items = this.waiting;
      this.waiting = [];
      if (items.length > 0) await this.handle(items);
    });
    return this.flushing;
  }
}
