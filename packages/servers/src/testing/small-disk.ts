import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';

/** A test's own disk, which can be filled. */
export interface SmallDisk {
  readonly dir: string;
  /** Uses all the remaining space. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
  remove(): void;
}

/** A tmpfs, if this process may mount one; otherwise undefined, with a line on stderr. */
export function smallDisk(megabytes: number): SmallDisk | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'ticketing-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir]);
  if (status !== 0) {
    rmdirSync(dir);
    process.stderr.write('SKIPPED: a full disk. This user cannot mount a tmpfs; run it as root on Linux.\n');
    return undefined;
  }
  const filling = join(dir, 'filling');
  return {
    dir,
    fill() {
      const file = openSync(filling, 'a');
      try {
        for (let mb = 0; mb <= megabytes; mb++) writeSync(file, Buffer.alloc(1 << 20));
      } catch (error) {
        if (!isNativeError(error) || !('code' in error) || error.code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filling, { force: true }),
    remove() {
      spawnSync('umount', ['-l', dir]);
      rmdirSync(dir);
    },
  };
}
