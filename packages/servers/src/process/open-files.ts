import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The id of a process of this user that has one of these files open, by whatever name; undefined when there is none.
 * @throws Error where that cannot be found out, because there is neither /proc nor lsof
 */
export function holderOf(files: readonly string[]): number | undefined {
  if (files.length === 0) return undefined;
  if (existsSync('/proc/self/fd')) {
    const wanted = new Set(files.flatMap(identityOf));
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => openFilesOf(pid).some((file) => wanted.has(file)));
  }
  const { error, stdout } = spawnSync('lsof', ['-t', '--', ...files.map((file) => realpathSync(file))], {
    encoding: 'utf8',
  });
  if (error) throw new Error('neither /proc nor lsof is there', { cause: error });
  return Number(stdout.split('\n')[0]) || undefined;
}

/** A file can have another name in a container, or by a link. Nothing for a missing file. */
function identityOf(file: string): string[] {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? [`${found.dev}:${found.ino}`] : [];
}

/** Nothing for a process that is gone, or belongs to another user. */
function openFilesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => {
      try {
        return identityOf(join(folder, fd));
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return [];
  }
}
