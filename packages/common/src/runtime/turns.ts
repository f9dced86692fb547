export interface TurnLimits {
  /** A work that takes longer (ms) ends the turns of all that wait: they begin at once. */
  readonly holdMs: number;
  /** So does a work that fails with such an error, because the others would fail by it one after the other. */
  readonly endsTurns: (error: unknown) => boolean;
  /** So many at most wait for a turn of one key. */
  readonly most: number;
}

/**
 * Works of one key take turns, in the order in which they come; works of different keys do not wait for each other.
 * This is no lock: when a work hangs, or fails by what would fail the others, all that wait begin; one that finds too
 * many waiting begins without a turn. So nobody waits longer than `holdMs` for a work that hangs, and correctness must
 * not depend on turns.
 */
export class Turns {
  /** Of each key whose turn is taken: begins those that wait, in their order, with a turn or without. */
  private readonly queues = new Map<string, ((hasTurn: boolean) => void)[]>();

  constructor(private readonly limits: TurnLimits) {}

  /** The number of keys whose turn is taken. */
  get size(): number {
    return this.queues.size;
  }

  /** Returns what the work returns. @throws what the work throws; the next one has its turn all the same */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(key) ?? [];
    if (queue.length >= this.limits.most) return work();
    if (!this.queues.has(key)) this.queues.set(key, queue);
    else if (!(await new Promise<boolean>((begin) => queue.push(begin)))) return work();
    const pass = (toAll: boolean) => {
      clearTimeout(timer);
      if (this.queues.get(key) !== queue) return; // its turns have ended
      const next = toAll ? undefined : queue.shift();
      if (next) return next(true);
      this.queues.delete(key);
      for (const begin of queue.splice(0)) begin(false);
    };
    const timer = setTimeout(() => pass(true), this.limits.holdMs);
    let endsTurns = false;
    try {
      return await work();
    } catch (error) {
      endsTurns = this.limits.endsTurns(error);
      throw error;
    } finally {
      pass(endsTurns);
    }
  }
}
