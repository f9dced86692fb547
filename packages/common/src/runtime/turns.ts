export interface TurnLimits {
  /** A work that takes longer (ms) passes its turn on, and goes on without it. */
  readonly holdMs: number;
  /** So many at most wait for a turn of one key. */
  readonly most: number;
}

/**
 * Works of one key take turns, in the order in which they come; works of different keys do not wait for each other.
 * This is no lock: a work that takes longer than `holdMs` passes its turn on, and one that finds too many waiting begins
 * without a turn. So a work that hangs holds up the others once, for `holdMs`, and correctness must not depend on turns.
 */
export class Turns {
  /** Of each key whose turn is taken: begins those that wait, in their order. */
  private readonly queues = new Map<string, (() => void)[]>();

  constructor(private readonly limits: TurnLimits) {}

  /** The number of keys whose turn is taken. */
  get size(): number {
    return this.queues.size;
  }

  /** Returns what the work returns. @throws what the work throws; the next one has its turn all the same */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(key);
    if (!queue) this.queues.set(key, []);
    else if (queue.length >= this.limits.most) return work();
    else await new Promise<void>((begin) => queue.push(begin));
    let isOver = false;
    const pass = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      const next = this.queues.get(key)?.shift();
      if (next) next();
      else this.queues.delete(key);
    };
    const timer = setTimeout(pass, this.limits.holdMs);
    try {
      return await work();
    } finally {
      pass();
    }
  }
}
