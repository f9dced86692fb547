import type { Engine } from '@ticketing/servers';
import type { BenchCase, Ceiling, Measured, Side, Size } from '../cases/bench-case';
import { type CaseResult, type Spread, spreadOf } from './result';

export interface RunOptions extends Size {
  readonly rounds: number;
  /** Measures one side in its own world. @param engine of its broker; absent: that of the run */
  readonly measure: (side: Side, engine?: Engine) => Promise<Measured>;
  /** Gets a line for each measurement. */
  readonly say: (line: string) => void;
}

/**
 * Measures our program and the ceilings in turn, round by round. Each round begins with another of them, so that a slow
 * moment of the machine hurts all. Ratios are computed within a round.
 */
export async function runCase(benchCase: BenchCase, { rounds, measure, say }: RunOptions): Promise<CaseResult> {
  const sides: readonly Pick<Ceiling, 'run' | 'engine'>[] = [{ run: benchCase.ours }, ...benchCase.ceilings];
  const names = ['ours', ...benchCase.ceilings.map(({ name }) => name)];
  const measured = sides.map((): Measured[] => []);
  const broken: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < sides.length; turn += 1) {
      const index = (round + turn) % sides.length;
      const side = sides[index];
      if (!side) continue;
      const result = await measure(side.run, side.engine);
      measured[index]?.push(result);
      say(`${benchCase.name} ${round + 1}/${rounds} ${names[index]}: ${text(result, benchCase.unit)}`);
      if (index === 0) broken.push(...(result.broken ?? []).map((what) => `round ${round + 1}: ${what}`));
      // A ceiling that did not do its work does not count.
      else if (result.broken?.length)
        throw new Error(`the ceiling "${names[index]}" failed: ${result.broken.join('; ')}`);
    }
  }
  const [ours = [], ...ceilings] = measured;
  const { name, title, unit, better, atMost = {} } = benchCase;
  return {
    ...{ name, title, unit, better, atMost, rounds, broken },
    ours: spreadOf(ours.map(({ figure }) => figure)),
    ceilings: benchCase.ceilings.map((ceiling, index) => {
      const theirs = ceilings[index] ?? [];
      const ratios = ours.map(({ figure }, round) => figure / (theirs[round]?.figure ?? NaN));
      const { name, wanted } = ceiling;
      const figures = spreadOf(theirs.map(({ figure }) => figure));
      return { name, wanted, figure: figures, ratio: spreadOf(ratios), also: alsoOf(theirs) };
    }),
    also: alsoOf(ours),
  };
}

function alsoOf(measured: readonly Measured[]): Record<string, Spread> {
  const names = new Set(measured.flatMap(({ also = {} }) => Object.keys(also)));
  return Object.fromEntries(
    [...names].map((name) => [name, spreadOf(measured.flatMap(({ also }) => also?.[name] ?? []))] as const),
  );
}

function text({ figure, also = {}, broken = [] }: Measured, unit: string): string {
  const more = Object.entries(also).map(([name, value]) => `, ${name} ${Number(value.toPrecision(3))}`);
  const bad = broken.length > 0 ? `; BROKEN: ${broken.join('; ')}` : '';
  return `${Number(figure.toPrecision(4))} ${unit}${more.join('')}${bad}`;
}
