import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { statOf } from './is-alive';

const PATIENCE_MS = 10_000;

/**
 * Pauses a process by SIGSTOP; resolves when each of its threads stands still. kill(2) returns before that: a thread on
 * another core goes on until the thread that takes the signal gets a core, and a server still answers meanwhile. Where
 * there is no /proc it resolves at once.
 * @throws when there is no such process, and when a thread still runs after 10 s
 */
export async function pauseProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const threads = `/proc/${pid}/task`;
  const given = Date.now();
  while (existsSync(threads) && !readdirSync(threads).every((thread) => statOf(Number(thread))?.state === 'T')) {
    if (Date.now() - given > PATIENCE_MS)
      throw new Error(`process ${pid} does not stand still ${PATIENCE_MS} ms after SIGSTOP`);
    await sleep(1);
  }
}
