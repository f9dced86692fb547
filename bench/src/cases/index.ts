import type { BenchCase } from './bench-case';
import { create } from './create';
import { drain, drainShuffled } from './drain';
import { edit } from './edit';
import { latency } from './latency';
import { outage } from './outage';
import { replicate } from './replicate';
import { reserveMany, reserveOne } from './reserve';
import { start } from './start';

/** Every case, in the order in which they are run. */
export const cases: readonly BenchCase[] = [
  ...[create, replicate, edit, drain, drainShuffled, latency, reserveMany, reserveOne, outage, start],
];
