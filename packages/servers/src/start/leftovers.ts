import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NotedProcess, notedIn } from '../process/noted-process';
import { isSameProcess } from '../process/process-identity';

/** A living guard asks at once, and kills after 5 s. What is left after that has lost its guard as well. */
const GUARD_ENDS_WITHIN_MS = 6_000;
const STOP_WITHIN_MS = 15_000;
const KILL_WITHIN_MS = 5_000;

/** Processes that a killed start has left still run; the message names each. */
export class LeftoversError extends Error {
  override readonly name = 'LeftoversError';
}

export interface LeftoverOptions {
  /** Whether to end them; otherwise this throws. */
  readonly end: boolean;
  /** The command line that ends them, for the message. */
  readonly command: string;
  /** Takes what is done, a line each. */
  readonly log: (line: string) => void;
  /** How long a process may take after SIGTERM. Absent: 15 s. */
  readonly stopWithinMs?: number;
  /** How long processes whose guard may live are waited for. Absent: 6 s. */
  readonly guardEndsWithinMs?: number;
}

/**
 * Resolves when no process runs that these files note and whose owner was killed. Ends processes that are provably
 * ours, in this order, each by SIGTERM, then by SIGKILL: id, boot, start time and command line match the note. A
 * process whose owner lives is left to its owner.
 * @throws LeftoversError when such a process may not be ended, cannot be proved to be ours, or does not end
 */
export async function clearLeftovers(notes: readonly string[], options: LeftoverOptions): Promise<void> {
  const { end, command, log, guardEndsWithinMs = GUARD_ENDS_WITHIN_MS } = options;
  const find = () => notes.flatMap((file) => notedIn(file) ?? []).filter(({ owned }) => !owned);
  if (!end) {
    if (find().length > 0) log('processes of a start that was killed still run; waiting until they end ...');
    await until(() => find().length === 0, guardEndsWithinMs);
  }
  const [left, foreign] = [find().filter(isOurs), find().filter((noted) => !isOurs(noted))];
  if (foreign.length > 0 || (left.length > 0 && !end)) {
    const how = left.length > 0 ? [`This ends them, and starts: ${command}`] : [];
    const doubt = foreign.map(({ pid }) => `Whether process ${pid} is ours is not certain; if it is: kill ${pid}`);
    throw new LeftoversError(
      [
        'These processes of a start that was killed still run:',
        ...[...left, ...foreign].map(lineOf),
        ...doubt,
        ...how,
      ].join('\n'),
    );
  }
  for (const noted of left) await endOne(noted, options);
}

function lineOf({ pid, name, argument }: NotedProcess): string {
  return `  process ${pid}: ${name} (${argument})`;
}

function isOurs({ pid, began, argument }: NotedProcess): boolean {
  if (began === undefined) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(argument) && argument !== '';
  } catch {
    return false;
  }
}

async function endOne(noted: NotedProcess, { log, stopWithinMs = STOP_WITHIN_MS }: LeftoverOptions): Promise<void> {
  const isGone = () => !isSameProcess(noted.pid, noted.began);
  for (const [signal, withinMs] of [['SIGTERM', stopWithinMs] as const, ['SIGKILL', KILL_WITHIN_MS] as const]) {
    if (isGone()) return;
    log(`ending process ${noted.pid}, ${noted.name}, by ${signal} ...`);
    try {
      process.kill(noted.pid, signal);
    } catch (error) {
      if (!isGone()) throw new LeftoversError(`process ${noted.pid} cannot be ended: ${String(error)}`);
    }
    await until(isGone, withinMs);
  }
  if (!isGone()) throw new LeftoversError(`process ${noted.pid} does not end, not even by SIGKILL`);
}

async function until(condition: () => boolean, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition() && Date.now() < deadline) await sleep(50);
}
