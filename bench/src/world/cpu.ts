import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of the kernel's clock: USER_HZ is 100 on every Linux that Node runs on (man 5 proc). */
const MS_PER_TICK = 10;

/** The CPU time that a process has used, its threads together (ms); NaN where there is no /proc. */
async function cpuMs(pid: number | undefined): Promise<number> {
  try {
    const stat = await readFile(`/proc/${pid ?? 0}/stat`, 'utf8');
    // After the name, which may hold spaces: state is field 3, utime and stime are 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return NaN;
  }
}

/** What follows the last reply counts, too: the removal of its event comes within 50 ms. */
const FOLLOWS_MS = 250;

/**
 * Starts to count the CPU time of some processes. Returns a function that waits 250 ms, and then gives what each has
 * used since the start, divided by `by` (ms).
 */
export async function watchCpu(
  pids: Readonly<Record<string, number | undefined>>,
): Promise<(by: number) => Promise<Record<string, number>>> {
  const read = async () =>
    Promise.all(Object.entries(pids).map(async ([name, pid]) => [name, await cpuMs(pid)] as const));
  const before = new Map(await read());
  return async (by) => {
    await sleep(FOLLOWS_MS);
    return Object.fromEntries(
      (await read()).map(([name, ms]) => [`CPU ms each, ${name}`, (ms - (before.get(name) ?? NaN)) / by]),
    );
  };
}
