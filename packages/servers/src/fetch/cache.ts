import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Surroundings } from './choice';
import { LockedError, lockFile } from '../process/lock-file';

/** The folder for downloads and builds: TICKETING_CACHE, else a folder of the user outside the source tree. */
export function cacheDir(env: NodeJS.ProcessEnv): string {
  return env['TICKETING_CACHE'] || join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'ticketing');
}

/**
 * The folder `name` (which contains the version) of the cache, filled by `fill` if it is missing. `fill` works in a
 * temporary folder that is renamed when it is complete, so the cache holds only complete folders, also after a crash.
 * One process at a time fills a name; the others wait for it.
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

/** Any refusal of the file system: EACCES, EROFS, ENOTDIR, ENOENT, ENOSPC. */
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
