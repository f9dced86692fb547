import { readFileSync } from 'node:fs';
import { isAlive, statOf } from './is-alive';

/**
 * Distinguishes a process from a later one with the same id: the boot, and when it began, in ticks since then.
 * Undefined when the process is gone, and where there is no /proc; there only its id is known.
 */
export function processBegan(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const began = statOf(pid)?.began;
    return began === undefined ? undefined : `${boot} ${began}`;
  } catch {
    return undefined;
  }
}

/**
 * Whether the process that had this id when it `began` still runs. If its beginning is not known, only the id counts.
 */
export function isSameProcess(pid: number, began: string | undefined): boolean {
  if (!isAlive(pid)) return false;
  const now = processBegan(pid);
  return began === undefined || now === undefined || now === began;
}

/** A process as it is written down. */
export interface ProcessIdentity {
  readonly pid: number;
  /** From `processBegan`; undefined where that is not known. */
  readonly began: string | undefined;
}

/** The line from which `readIdentity` knows this process again. */
export function identityOf(pid: number): string {
  return `${pid} ${processBegan(pid) ?? ''}`.trim();
}

/** Undefined for a line that `identityOf` did not make. */
export function readIdentity(line: string): ProcessIdentity | undefined {
  const [id, ...began] = line.trim().split(' ');
  const pid = Number(id);
  return Number.isInteger(pid) && pid > 0 ? { pid, began: began.join(' ') || undefined } : undefined;
}
