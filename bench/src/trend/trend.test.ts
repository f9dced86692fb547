import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeUpResult } from '../report/made-up-result.test.helper';
import type { BenchResult } from '../rounds/result';
import { keep, keptIn } from './kept';
import { trendOf } from './slower';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'ticketing-trend-')), 'bench');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const made = madeUpResult();
/** The same run, with the ratios of one case multiplied. */
const times = (factor: number, name: string): BenchResult => ({
  ...made,
  version: '1.3.0',
  cases: made.cases.map((one) => ({
    ...one,
    ceilings: one.ceilings.map((ceiling) => {
      const { median, min, max } = ceiling.ratio;
      const by = one.name === name ? factor : 1;
      return { ...ceiling, ratio: { median: median * by, min: min * by, max: max * by } };
    }),
  })),
});

test('a run is kept by its version, small, and a later one of the same version replaces it', async () => {
  expect(await keptIn(folder)).toEqual([]);
  for (const version of ['0.10.0', '0.9.0', '0.9.0']) await keep(folder, { ...made, version });
  expect(readdirSync(folder).sort()).toEqual(['0.10.0.json', '0.9.0.json']);
  const [first, second] = await keptIn(folder);
  expect([first?.version, second?.version]).toEqual(['0.9.0', '0.10.0']);
  expect(first).toMatchObject({ commit: made.commit, machine: made.machine });
  expect(first?.cases[0]?.ceilings[0]).toMatchObject({ ratio: { median: 0.8, min: 0.72, max: 1 } });
  const text = readFileSync(join(folder, '0.9.0.json'), 'utf8');
  expect(text).toContain('"figure": { "median": 1000, "min": 900, "max": 1250 },');
  expect(text).not.toMatch(/\d\.\d{5}/);
});

test('a ratio that is more than a tenth worse is told; of a latency a higher one is worse', () => {
  expect(trendOf(made, times(0.91, 'create')).warnings).toEqual([]);
  expect(trendOf(made, times(1.5, 'create')).warnings).toEqual([]);
  expect(trendOf(made, times(0.85, 'create')).warnings).toEqual([
    'create, insert, no event: 15 % worse: 0.8 (0.72–1) in 1.2.3, 0.68 (0.612–0.85) in 1.3.0',
    expect.stringMatching(/^create, insert & <publish>: 15 % worse/),
  ]);
  expect(trendOf(made, times(1.2, 'lag')).warnings).toEqual([expect.stringMatching(/^lag, .*: 20 % worse/)]);
  expect(trendOf(made, times(0.5, 'lag')).warnings).toEqual([]);
});

test('every ratio has its line; what was not measured again, and another machine, are told', () => {
  const [first, ...cases] = made.cases;
  expect(trendOf(made, made).lines).toHaveLength(made.cases.flatMap(({ ceilings }) => ceilings).length);
  expect(trendOf(made, { ...made, cases }).warnings).toEqual(
    first?.ceilings.map(({ name }) => `create, ${name}: was not measured again`),
  );
  const elsewhere = trendOf(made, { ...made, machine: { ...made.machine, cpus: 64 } }).warnings;
  expect(elsewhere).toEqual([expect.stringContaining('1.2.3 was measured on: 2 CPUs')]);
});
