import { outsideSpans } from '../tracing/tracing';

/**
 * Items are handled together after this time (ms), or as soon as this many wait, but not before the last batch is done.
 */
const FLUSH_AFTER_MS = 50;
const FLUSH_AT = 500;

/**
 * Collects items and handles them in bulk, one batch at a time. The slower it is, the larger the batches. `handle` must
 * not reject.
 */
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

  /**
   * Handles the waiting items after the current batch; resolves when everything added so far is handled. Does not
   * reject.
   */
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
