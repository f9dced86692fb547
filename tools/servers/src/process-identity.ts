import { readFileSync } from 'node:fs';
import { isAlive } from './is-alive';

/**
 * What tells a process from a later one with the same id: the boot, and when it began, in ticks since then
 * (proc_pid_stat(5), field 22). Undefined when it is gone, and where there is no /proc: there only its id is known.
 */
export function processBegan(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, field 2, may have spaces and brackets of its own.
    const began = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
    return began === undefined ? undefined : `${boot} ${began}`;
  } catch {
    return undefined;
  }
}

/** Whether the process that had this id when it `began` still runs. One whose beginning is not known is known by its id. */
export function isSameProcess(pid: number, began: string | undefined): boolean {
  if (!isAlive(pid)) return false;
  const now = processBegan(pid);
  return began === undefined || now === undefined || now === began;
}
