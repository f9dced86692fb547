import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The id of a process of this user that has the file open; undefined when there is none.
 * @throws Error where that cannot be told: there is neither /proc nor lsof
 */
export function holderOf(file: string): number | undefined {
  const path = realpathSync(file);
  if (existsSync('/proc/self/fd')) {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => openFilesOf(pid).includes(path));
  }
  const { error, stdout } = spawnSync('lsof', ['-t', '--', path], { encoding: 'utf8' });
  if (error) throw new Error('neither /proc nor lsof is there', { cause: error });
  return Number(stdout.split('\n')[0]) || undefined;
}

/** Nothing for a process that is gone, or is somebody else's. */
function openFilesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => {
      try {
        return readlinkSync(join(folder, fd));
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return [];
  }
}
