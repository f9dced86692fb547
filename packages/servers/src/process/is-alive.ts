import { readFileSync } from 'node:fs';

/**
 * Whether a process with this id runs, of any user. An ended process does not run, even if no parent has waited for it,
 * as in a container whose first process waits for none.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false; // otherwise it lives, and belongs to another user
  }
  return !['Z', 'X'].includes(statOf(pid)?.state ?? '');
}

/**
 * The state of a process (Z and X: it has ended), and when it began, in ticks since the boot: proc_pid_stat(5), fields 3 and 22.
 * Undefined when it is gone, and where there is no /proc.
 */
export function statOf(pid: number): { state: string; began: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, field 2, may contain spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[3 - 3] ?? '', began: fields[22 - 3] ?? '' };
  } catch {
    return undefined;
  }
}
