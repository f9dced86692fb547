import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const say = (line) => process.stderr.write(`${line}\n`);

/** Runs a command; its standard output goes to standard error when `quiet`. Returns its exit code. */
export function run(command, args, { quiet = false } = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', quiet ? 2 : 'inherit', 'inherit'],
  });
  if (error) say(`${command} cannot be run: ${error.message}`);
  return status ?? 130;
}

/** The same for a program of node_modules. */
export const tool = (file, args, options) =>
  run(process.execPath, [join(ROOT, 'node_modules', file), ...args], options);

/** Ends this process unless the code is that of success. */
export function must(code) {
  if (code !== 0) process.exit(code);
}

export const build = (...projects) => tool('typescript/bin/tsc', ['-b', ...projects], { quiet: true });
