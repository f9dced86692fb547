import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from './cache';
import type { Surroundings } from './choice';
import { findOnPath } from './find-program';
import { runToEnd } from '../process/run-to-end';

const SAY_SO_EVERY_MS = 10_000;

/** A program that Go can build. */
export interface GoProgram {
  /** With its version, such as `example.org/program@v1.2.3`. */
  readonly module: string;
  /** The name of what is built. */
  readonly program: string;
  /** The folder of the cache; it has the version in it. */
  readonly folder: string;
  /** The alternative, for the message when Go is missing. */
  readonly instead: string;
}

/**
 * Builds a program from its source with Go, into the cache, and reports progress.
 * @returns the path of the program
 * @throws an error that names the remedy when Go is missing
 */
export async function goInstall(wanted: GoProgram, surroundings: Surroundings): Promise<string> {
  const { env, log } = surroundings;
  const { module, program } = wanted;
  const go = await findGo(env, wanted.instead);
  const folder = await cached(wanted.folder, surroundings, async (dir) => {
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1000);
    log(`building ${module} with Go; this takes about a minute ...`);
    const timer = setInterval(() => log(`still building ${program} (${seconds()} s) ...`), SAY_SO_EVERY_MS);
    // Without the user's GOFLAGS, because -mod=vendor and the like would break the build.
    await runToEnd(go, ['install', module], { env: { ...env, GOBIN: dir, GOFLAGS: '' }, cwd: dir }).finally(() =>
      clearInterval(timer),
    );
    log(`built ${program} in ${seconds()} s`);
  });
  return join(folder, program);
}

/**
 * Gets the files of a Go module, such as `example.org/module@v1.2.3`, into the module cache of Go, unless they are
 * there.
 * @returns their folder, which is read-only
 * @throws an error that names the remedy when Go is missing, or says why the module is not available
 */
export async function goModule(module: string, env: NodeJS.ProcessEnv): Promise<string> {
  const go = await findGo(env, 'run this where Go is');
  const args = ['mod', 'download', '-json', module];
  const { stdout } = await promisify(execFile)(go, args, { env: { ...env, GOFLAGS: '' } }).catch((error: unknown) => {
    const said = typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : '';
    throw new Error(`${module} cannot be had: ${said || String(error)}`, { cause: error });
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

async function findGo(env: NodeJS.ProcessEnv, instead: string): Promise<string> {
  const go = await findOnPath('go', env);
  if (go === undefined) throw new Error(`there is no go on PATH: install Go (https://go.dev/dl), or ${instead}`);
  return go;
}
