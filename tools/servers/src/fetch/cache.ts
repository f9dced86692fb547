import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Surroundings } from './choice';
import { LockedError, lockFile } from '../process/lock-file';

/** Where what was downloaded or built is kept: TICKETING_CACHE, else a folder of the user outside the source tree. */
export function cacheDir(env: NodeJS.ProcessEnv): string {
  return env['TICKETING_CACHE'] || join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'ticketing');
}

/**
 * The folder `name` (which has the version in it) of the cache, filled by `fill` if it is not there.
 * `fill` works in a folder of its own that is renamed when it is complete, so what is in the cache is whole, also
 * after a crash; and one process at a time fills a name, the others wait for it.
 * @throws what `fill` throws.
 */
export async function cached(
  name: string,
  { env, log }: Surroundings,
  fill: (dir: string) => Promise<void>,
): Promise<string> {
  const root = cacheDir(env);
  const wanted = join(root, name);
  if (existsSync(wanted)) return wanted;
  const unlock = await mkdir(root, { recursive: true })
    .then(() => waitForLock(`${wanted}.lock`, log))
    .catch((error: unknown) => {
      throw notWritable(root, error);
    });
  try {
    if (existsSync(wanted)) return wanted;
    const unfinished = await mkdtemp(`${wanted}.unfinished-`);
    try {
      await fill(unfinished);
      await rename(unfinished, wanted);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    return wanted;
  } finally {
    unlock();
  }
}

/** Whatever the file system refused: EACCES, EROFS, ENOTDIR, ENOENT, ENOSPC. */
function notWritable(root: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(
    `nothing can be kept in ${root} (${reason}). Set TICKETING_CACHE to a folder that can be written to`,
    {
      cause: error,
    },
  );
}

async function waitForLock(file: string, log: (line: string) => void): Promise<() => void> {
  let told = false;
  for (;;) {
    try {
      return lockFile(file);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (!told) log(`process ${error.pid} is preparing the same thing; waiting for it (${file})`);
      told = true;
      await sleep(200);
    }
  }
}
