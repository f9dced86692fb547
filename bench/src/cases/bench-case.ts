import type { Engine } from '@ticketing/servers';
import type { World } from '../world/world';

/** The amount of work in one measurement. */
export interface Size {
  /** `--quick`: enough to see that nothing is lost, wrong or stuck. */
  readonly quick: boolean;
}

/** The result of one measurement of one side. */
export interface Measured {
  readonly figure: number;
  /** More, by name and unit. */
  readonly also?: Readonly<Record<string, number>>;
  /** What was lost, wrong or stuck. */
  readonly broken?: readonly string[];
}

/** One side to measure: our program, or a ceiling. */
export type Side = (world: World, size: Size) => Promise<Measured>;

/** A case of the benchmark with its ceilings. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly ours: Side;
  readonly ceilings: readonly Ceiling[];
  /** Goals for what else is measured of ours, by its name in `also`: the median is at most this. */
  readonly atMost?: Readonly<Record<string, number>>;
}

export interface Ceiling {
  readonly name: string;
  readonly wanted: number;
  readonly run: Side;
  /** It is measured on this engine. Absent: on that of the run. */
  readonly engine?: Engine;
}
