export interface TurnLimits {
  /** The longest wait for a turn, in milliseconds. */
  readonly waitMs: number;
  /** So many at most wait for a turn of one key. */
  readonly most: number;
}

/**
 * Works of one key take turns, in the order in which they come; works of different keys do not wait for each other.
 * This is no lock: a work whose wait is over, or that finds too many waiting, goes on without a turn. So a work that
 * hangs holds up no other one longer than `waitMs`, and correctness must not depend on turns.
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
    if (!(await this.turn(key))) return work();
    try {
      return await work();
    } finally {
      const next = this.queues.get(key)?.shift();
      if (next) next();
      else this.queues.delete(key);
    }
  }

  /** Resolves to whether it is this one's turn now; false: it goes on without one. */
  private turn(key: string): Promise<boolean> | boolean {
    const queue = this.queues.get(key);
    if (!queue) {
      this.queues.set(key, []);
      return true;
    }
    if (queue.length >= this.limits.most) return false;
    return new Promise((resolve) => {
      const begin = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(begin), 1);
        resolve(false);
      }, this.limits.waitMs);
      queue.push(begin);
    });
  }
}
