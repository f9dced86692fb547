/** The messages that a member works on. Each one counts until it is settled, or its ack wait has passed. */
export class InHand<T> {
  /** In the order of their time; a message that is given twice is in it twice. */
  private readonly held = new Map<symbol, { readonly message: T; readonly until: number }>();
  private timer: NodeJS.Timeout | undefined;

  /** @param onRoom called when there is room again */
  constructor(
    private readonly ackWaitMs: number,
    private readonly onRoom: () => void,
  ) {}

  get size(): number {
    return this.held.size;
  }

  /** Returns what settles the message: true the first time. After the ack wait that is still true, because a late ack counts. */
  add(message: T): () => boolean {
    const key = Symbol();
    this.held.set(key, { message, until: performance.now() + this.ackWaitMs });
    this.watch();
    let settled = false;
    return () => {
      if (settled) return false;
      settled = true;
      if (this.held.delete(key)) this.onRoom();
      return true;
    };
  }

  /** Returns the messages that were not settled, and forgets them. */
  clear(): T[] {
    clearTimeout(this.timer);
    this.timer = undefined;
    const left = [...this.held.values()].map(({ message }) => message);
    this.held.clear();
    return left;
  }

  private watch(): void {
    const [oldest] = this.held.values();
    if (this.timer !== undefined || !oldest) return;
    this.timer = setTimeout(() => this.letGo(), Math.max(0, oldest.until - performance.now()) + 1);
    this.timer.unref();
  }

  private letGo(): void {
    this.timer = undefined;
    const before = this.held.size;
    for (const [key, { until }] of this.held) {
      if (until > performance.now()) break;
      this.held.delete(key);
    }
    this.watch();
    if (this.held.size < before) this.onRoom();
  }
}
