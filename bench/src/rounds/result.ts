/** The median of the rounds, and the extremes. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One ceiling of a case: what a program without guarantees reaches in the same rounds. */
export interface CeilingResult {
  /** Such as `insert, no event`. */
  readonly name: string;
  readonly figure: Spread;
  /** Our figure divided by the ceiling's, round by round. Higher is better for a rate, lower for a latency. */
  readonly ratio: Spread;
  /** The goal for the median ratio (for a rate: at least; for a latency: at most). */
  readonly wanted: number;
  /** What else was measured of it, such as its CPU time, and what it lost. */
  readonly also: Readonly<Record<string, Spread>>;
}

/** One case with its ceilings, over all rounds. */
export interface CaseResult {
  /** As one types it, such as `create`. */
  readonly name: string;
  /** What is done, in one line. */
  readonly title: string;
  /** Such as `requests/s`, `events/s`, `ms`. */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly rounds: number;
  readonly ours: Spread;
  readonly ceilings: readonly CeilingResult[];
  /** More that was measured, such as the latency's percentiles or memory: name with its unit, and figure. */
  readonly also: Readonly<Record<string, Spread>>;
  /** Goals for some of these: the median is at most this. */
  readonly atMost: Readonly<Record<string, number>>;
  /** What was lost, wrong or stuck. Empty: nothing. */
  readonly broken: readonly string[];
}

/** A whole run. */
export interface BenchResult {
  readonly at: string;
  readonly quick: boolean;
  /** Of the packages. */
  readonly version: string;
  /** What was measured; it ends with `+` when files were changed. */
  readonly commit: string;
  readonly machine: {
    readonly cpus: number;
    readonly model: string;
    readonly memoryGiB: number;
    readonly node: string;
  };
  /** Where the servers came from; `broker` is the engine's name. */
  readonly servers: { readonly mongo: string; readonly broker: string; readonly nats: string };
  readonly cases: readonly CaseResult[];
}

/** @throws Error when there is no figure */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const middle = sorted.length / 2;
  const around = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (min === undefined || max === undefined) throw new Error('no figure to take the median of');
  return { median: around.reduce<number>((sum, value) => sum + (value ?? 0), 0) / 2, min, max };
}
