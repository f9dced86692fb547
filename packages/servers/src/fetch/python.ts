import { join } from 'node:path';
import { cached } from './cache';
import type { Surroundings } from './choice';
import { findOnPath } from './find-program';
import { runToEnd } from '../process/run-to-end';

/** A program that pip can install. */
export interface PythonProgram {
  /** With its version, such as `name==1.2.3`. */
  readonly requirement: string;
  readonly program: string;
}

/** How to run it: its path and its environment. */
export interface PythonInstalled {
  readonly command: string;
  readonly env: { readonly PYTHONPATH: string };
}

/**
 * Installs a Python program with its dependencies into the cache, independent of the rest of the machine.
 * @throws an error that names the remedy when there is no Python, or says why pip failed
 */
export async function pipInstall(
  { requirement, program }: PythonProgram,
  surroundings: Surroundings,
): Promise<PythonInstalled> {
  const { env, log } = surroundings;
  const python = await findOnPath('python3', env);
  if (python === undefined) throw new Error('there is no python3 on PATH: install Python 3.10 or later with pip');
  const folder = await cached(requirement.replace('==', '-'), surroundings, async (dir) => {
    log(`getting ${requirement} by pip ...`);
    const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', dir, requirement];
    await runToEnd(python, args, { env });
  });
  return { command: join(folder, 'bin', program), env: { PYTHONPATH: folder } };
}
