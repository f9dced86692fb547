import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NoOtherChoice } from '../fetch/choice';
import { LockedError, lockFile } from '../process/lock-file';
import { notedIn } from '../process/noted-process';
import { holderOf } from '../process/open-files';

/** Where the server of a data folder is noted while it runs. */
export function noteIn(dataDir: string): string {
  return join(dataDir, 'server.process');
}

/**
 * Reserves a data folder for one server: none runs on it, and none is started until the release. Makes the folder if it
 * is missing.
 * @returns a function that releases it; call it when the server has exited.
 * @throws NoOtherChoice that names the process that uses it.
 */
export function takeDataFolder(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const giveBack = lock(dataDir);
  const user = notedIn(noteIn(dataDir))?.pid ?? holderBelow(dataDir);
  if (user === undefined) return giveBack;
  giveBack();
  throw inUse(user, dataDir);
}

/** Also undefined where it cannot be found out; there the lock and the note must be enough. */
function holderBelow(dataDir: string): number | undefined {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  try {
    return holderOf(files.map(({ parentPath, name }) => join(parentPath, name)));
  } catch {
    return undefined;
  }
}

function lock(dataDir: string): () => void {
  try {
    return lockFile(join(dataDir, 'server.lock'));
  } catch (error) {
    throw error instanceof LockedError ? inUse(error.pid, dataDir) : error;
  }
}

function inUse(pid: number, dataDir: string): NoOtherChoice {
  const danger = 'two servers on one data folder destroy it';
  return new NoOtherChoice(`process ${pid} uses ${dataDir}, and ${danger}. Stop it first: kill ${pid}`);
}
