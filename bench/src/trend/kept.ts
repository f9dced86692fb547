import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchResult } from '../rounds/result';

/** Keeps a run as `<version>.json` in this folder, its figures with four digits. A later one replaces it. */
export async function keep(folder: string, result: BenchResult): Promise<void> {
  const text = JSON.stringify(result, short, 2).replace(SPREAD, '{ "median": $1, "min": $2, "max": $3 }');
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

/** It is put on one line. */
const SPREAD = /\{\s+"median": (\S+),\s+"min": (\S+),\s+"max": (\S+)\s+\}/g;
const short = (_key: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
