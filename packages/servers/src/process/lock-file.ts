import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identityOf, isSameProcess, type ProcessIdentity, readIdentity } from './process-identity';

/** Names the holder of a lock. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
  constructor(
    readonly file: string,
    readonly pid: number,
  ) {
    super(`Process ${pid} holds ${file}. Stop that process; if it is none of ours, delete the file.`);
  }
}

/**
 * Takes a lock: a file that holds the id of this process and when it began. A lock whose process is gone is taken over, also
 * when another process has its id now.
 * @returns what releases it; may be called again.
 * @throws LockedError when a living process holds it.
 */
export function lockFile(file: string): () => void {
  const mine = `${file}.${process.pid}.${attempts++}`;
  writeFileSync(mine, `${identityOf(process.pid)}\n`);
  try {
    // A link appears with its content, so no process reads a lock without a holder.
    while (!linked(mine, file)) {
      const holder = holderOf(file);
      if (holder !== undefined && isSameProcess(holder.pid, holder.began)) throw new LockedError(file, holder.pid);
      moveAway(file, `${mine}.stale`);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  let held = true;
  return () => {
    if (held && holderOf(file)?.pid === process.pid) rmSync(file, { force: true });
    held = false; // another process may have taken it since
  };
}

let attempts = 0;

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** If several processes find the same stale lock, one moves it, and for the others it is gone. */
function moveAway(file: string, to: string): void {
  try {
    renameSync(file, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  rmSync(to, { force: true });
}

function holderOf(file: string): ProcessIdentity | undefined {
  try {
    return readIdentity(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
