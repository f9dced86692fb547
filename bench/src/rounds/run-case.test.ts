import type { BenchCase, Measured, Side } from '../cases/bench-case';
import { runCase } from './run-case';

/** Sides that give these figures, one each round, and note when they were measured. */
function sides(figures: Record<string, readonly Measured[]>) {
  const turns: string[] = [];
  const side = (name: string): Side => {
    let round = 0;
    return () => {
      turns.push(name);
      const measured = figures[name]?.[round++];
      return measured ? Promise.resolve(measured) : Promise.reject(new Error(`no more of ${name}`));
    };
  };
  return { turns, side };
}

const figures = (...values: number[]): Measured[] => values.map((figure) => ({ figure }));

function caseOf(side: (name: string) => Side): BenchCase {
  return {
    ...{ name: 'made-up', title: 'nothing', unit: 'x/s', better: 'higher', ours: side('ours') },
    ceilings: [{ name: 'bare', wanted: 0.5, run: side('bare') }],
  };
}

const measure = (side: Side) => side(undefined as never, { quick: true });
const options = { quick: true, rounds: 3, measure, say: () => undefined };

test('each round begins with another side, and ratios are taken within a round', async () => {
  const { turns, side } = sides({ ours: figures(10, 40, 30), bare: figures(20, 50, 100) });
  const result = await runCase(caseOf(side), options);
  expect(turns).toEqual(['ours', 'bare', 'bare', 'ours', 'ours', 'bare']);
  expect(result.ours).toEqual({ median: 30, min: 10, max: 40 });
  expect(result.ceilings[0]).toMatchObject({ figure: { median: 50 }, ratio: { median: 0.5, min: 0.3, max: 0.8 } });
  expect(result.broken).toEqual([]);
});

test('a loss in any round is reported with its round, and the other figures by their medians', async () => {
  const ours = [
    { figure: 1, also: { ms: 5 } },
    { figure: 1, also: { ms: 7 }, broken: ['2 events lost'] },
    { figure: 1, also: { ms: 6 } },
  ];
  const bare = [4, 9, 5].map((lost) => ({ figure: 1, also: { lost } }));
  const { side } = sides({ ours, bare });
  const result = await runCase({ ...caseOf(side), atMost: { ms: 6 } }, options);
  expect(result.ceilings[0]?.also).toEqual({ lost: { median: 5, min: 4, max: 9 } });
  expect(result.atMost).toEqual({ ms: 6 });
  expect(result.broken).toEqual(['round 2: 2 events lost']);
  expect(result.also['ms']).toEqual({ median: 6, min: 5, max: 7 });
});

test('a ceiling that did not do its work is no ceiling', async () => {
  const { side } = sides({ ours: figures(1), bare: [{ figure: 9, broken: ['answered with 500'] }] });
  await expect(runCase(caseOf(side), options)).rejects.toThrow('the ceiling "bare" failed: answered with 500');
});
