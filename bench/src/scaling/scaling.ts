import { availableParallelism } from 'node:os';
import { spreadOf } from '../rounds/result';
import type { InWorld } from '../world/worlds';
import { measureOneAggregate, measureScaled, type Scaled } from './measure';
import { onOneMachine } from './model';

const ROUNDS = 3;
const AMOUNT = 1_500;

/** What was measured, and what the model says of it from the costs of one process of each. */
export interface Scaling {
  readonly cores: number;
  readonly measured: readonly Scaled[];
  readonly predicted: readonly { readonly processes: number; readonly perSecond: number }[];
  /** One change of one ticket, 16 callers (ms). */
  readonly oneAggregateMs: number;
  readonly broken: readonly string[];
}

/** 1, 2 and 4 processes of each service in turn; of each the round with the median rate. */
export async function scaling(inWorld: InWorld, say: (line: string) => void): Promise<Scaling> {
  const rounds: Scaled[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const processes of [1, 2, 4]) {
      const scaled = await inWorld((world) => measureScaled(world, processes, AMOUNT));
      say(`${processes} of each: ${scaled.perSecond.toFixed(0)} tickets/s, ${(100 * scaled.busy).toFixed(0)} % busy`);
      rounds.push(scaled);
    }
  }
  const measured = [1, 2, 4].flatMap((processes) => medianOf(rounds.filter((one) => one.processes === processes)));
  const oneAggregateMs = spreadOf(
    await series(ROUNDS, () => inWorld((world) => measureOneAggregate(world, 1_000))),
  ).median;
  const [one] = measured;
  const cores = availableParallelism();
  const predicted = measured.map(({ processes, busy }) => ({
    processes,
    perSecond: one ? onOneMachine(one.costs, cores, busy, processes).perSecond : NaN,
  }));
  return { cores, measured, predicted, oneAggregateMs, broken: rounds.flatMap(({ broken }) => broken) };
}

function medianOf(rounds: readonly Scaled[]): Scaled[] {
  const middle = [...rounds].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(rounds.length / 2)];
  return middle ? [middle] : [];
}

async function series<T>(times: number, task: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let n = 0; n < times; n += 1) results.push(await task());
  return results;
}
