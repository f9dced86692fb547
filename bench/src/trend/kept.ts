import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchResult, CaseResult } from '../rounds/result';

/** Keeps a run as `<version>.json` in this folder: its figures, ratios, and what has a goal. A later run replaces it. */
export async function keep(folder: string, result: BenchResult): Promise<void> {
  const text = JSON.stringify({ ...result, cases: result.cases.map(slim) }, short, 2);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${result.version}.json`), `${text}\n`);
}

/** The runs that are kept in this folder, by their versions; none where there is no folder. */
export async function keptIn(folder: string): Promise<BenchResult[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(folder, name), 'utf8'));
  const kept = (await Promise.all(files)).map((text) => JSON.parse(text) as BenchResult);
  return kept.sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

function slim(one: CaseResult): CaseResult {
  const withGoal = Object.entries(one.also).filter(([name]) => name in one.atMost);
  const ceilings = one.ceilings.map((ceiling) => ({ ...ceiling, also: {} }));
  return { ...one, ceilings, also: Object.fromEntries(withGoal) };
}

const short = (_key: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
