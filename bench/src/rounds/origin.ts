import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { BenchResult } from './result';

const PACKAGE = join(__dirname, '..', '..');

/** What is measured, and on which machine. */
export function origin(): Pick<BenchResult, 'version' | 'commit' | 'machine'> {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
  const model = cpus()[0]?.model ?? 'unknown';
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return { version, commit: commit(), machine: { cpus: cpus().length, model, memoryGiB, node: process.version } };
}

/** It ends with `+` when files were changed; `unknown` without git. */
function commit(): string {
  try {
    const args = ['-C', PACKAGE, 'describe', '--always', '--exclude', '*', '--dirty=+'];
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
