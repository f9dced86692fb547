import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The id of a process of this user that has the file open, by whatever name; undefined when there is none.
 * @throws Error where that cannot be told: there is neither /proc nor lsof
 */
export function holderOf(file: string): number | undefined {
  if (existsSync('/proc/self/fd')) {
    const wanted = identityOf(file);
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => openFilesOf(pid).includes(wanted));
  }
  const { error, stdout } = spawnSync('lsof', ['-t', '--', realpathSync(file)], { encoding: 'utf8' });
  if (error) throw new Error('neither /proc nor lsof is there', { cause: error });
  return Number(stdout.split('\n')[0]) || undefined;
}

/** A file can have another name for a process in a container, or by a link. */
function identityOf(file: string): string {
  const { dev, ino } = statSync(file, { bigint: true });
  return `${dev}:${ino}`;
}

/** Nothing for a process that is gone, or is somebody else's. */
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
