import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A test's own disk, of which a copy can be taken as a power failure would leave it. */
export interface PowerCutDisk {
  readonly dir: string;
  /** Writes everything that the system holds in memory, as it does by itself within about half a minute. */
  settle(): void;
  /**
   * A new disk with what has reached this one, without what the system still holds in memory. End the programs that
   * write to it first: SIGKILL loses nothing by itself, since the system keeps what it was given.
   */
  cutPower(): PowerCutDisk;
  remove(): void;
}

/**
 * An ext4 of this size on a loop device, if this process may mount one; otherwise undefined, with a line on stderr. The
 * file system keeps writes in memory until somebody syncs them or about 30 s have passed (ext4(5), proc_sys_vm(5)
 * dirty_expire_centisecs), so cut the power soon.
 */
export function powerCutDisk(megabytes: number): PowerCutDisk | undefined {
  const home = mkdtempSync(join(tmpdir(), 'ticketing-power-'));
  const image = join(home, 'image');
  writeFileSync(image, '');
  truncateSync(image, megabytes << 20);
  const made = spawnSync('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
  const disk = made.status === 0 ? mounted(home, image) : undefined;
  if (!disk) {
    rmSync(home, { recursive: true });
    process.stderr.write('SKIPPED: a power failure. This user cannot mount a file; run it as root on Linux.\n');
  }
  return disk;
}

function mounted(home: string, image: string): PowerCutDisk | undefined {
  const dir = mkdtempSync(join(home, 'mount-'));
  // The journal is replayed here, as after a power failure.
  if (spawnSync('mount', ['-o', 'loop', image, dir]).status !== 0) return undefined;
  return {
    dir,
    settle() {
      if (spawnSync('sync', ['-f', dir]).status !== 0) throw new Error(`cannot sync ${dir}`);
    },
    cutPower() {
      const after = mkdtempSync(join(tmpdir(), 'ticketing-power-'));
      const copy = join(after, 'image');
      // Without its holes, so that it takes no longer than the system needs to write anything meanwhile.
      if (spawnSync('cp', ['--sparse=always', image, copy]).status !== 0) throw new Error(`cannot copy ${image}`);
      const disk = mounted(after, copy);
      if (!disk) throw new Error(`the disk cannot be read after its power failed: ${copy}`);
      return disk;
    },
    remove() {
      spawnSync('umount', ['-l', dir]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
