import type { BenchCase } from './bench-case';
import { create } from './create';
import { drain, drainShuffled } from './drain';
import { latency } from './latency';
import { outage } from './outage';
import { replicate, update } from './replicate';
import { reserveMany, reserveOne } from './reserve';
import { start } from './start';

/** Every case, in the order in which they are run. */
export const cases: readonly BenchCase[] = [
  ...[create, replicate, update, drain, drainShuffled, latency, reserveMany, reserveOne, outage, start],
];
