interface Held<T> {
  readonly message: T;
  readonly until: number;
  isSettled: boolean;
}

/** The messages that a member works on. Each one counts until it is settled, or its ack wait has passed. */
export class InHand<T> {
  /** In the order of their time; a message that is given twice is in it twice. */
  private readonly held = new Map<symbol, Held<T>>();
  private timer: NodeJS.Timeout | undefined;

  /** @param onRoom called when there is room again */
  constructor(
    private readonly ackWaitMs: number,
    private readonly onRoom: () => void,
  ) {}

  get size(): number {
    return this.held.size;
  }

  /**
   * Returns what settles the message. It tells whether that is in time, or late (the ack wait has passed), or was done
   * before. With `keepsRoom` the message still counts until its ack wait has passed: a member that fails with every
   * message would have all of them otherwise.
   */
  add(message: T): (how?: { readonly keepsRoom: boolean }) => 'in time' | 'late' | 'again' {
    const key = Symbol();
    const held = { message, until: performance.now() + this.ackWaitMs, isSettled: false };
    this.held.set(key, held);
    this.watch();
    return ({ keepsRoom } = { keepsRoom: false }) => {
      if (held.isSettled) return 'again';
      held.isSettled = true;
      if (!keepsRoom && this.held.delete(key)) this.onRoom();
      return performance.now() < held.until ? 'in time' : 'late';
    };
  }

  /** Returns the messages that were not settled, and whose ack wait has not passed. Forgets all. */
  clear(): T[] {
    clearTimeout(this.timer);
    this.timer = undefined;
    const now = performance.now();
    const left = [...this.held.values()].filter(({ isSettled, until }) => !isSettled && now < until);
    this.held.clear();
    return left.map(({ message }) => message);
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
