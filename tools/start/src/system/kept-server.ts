import { setTimeout as sleep } from 'node:timers/promises';
import { withoutPassword, type RunningServer } from '@ticketing/servers';

/** An end within the longest pause counts as the same trouble. */
const PAUSES_MS = { first: 500, longest: 10_000 };
const KEPT_OUTPUT_CHARS = 16_000;
/** These begin the line in which a server says why it ends, before its stacks. */
const REASON = /^(panic: |cannot write ).*$|^.*(\[FTL\]|"msg":"Fatal assertion").*$/m;

export interface KeptServer<S extends RunningServer> {
  /** As it ran first. */
  readonly first: S;
  /** Asks it to stop and waits for that; it is not started again. */
  readonly stop: () => Promise<void>;
  /** The same at once, by SIGKILL. */
  readonly kill: () => Promise<void>;
}

/**
 * Starts a server, and restarts it each time that it ends by itself, as MongoDB and NATS Streaming do when their disk
 * is full. The pauses grow from 0.5 to 10 s, and one trouble is reported once.
 * @throws when the first start fails.
 */
export async function keepServer<S extends RunningServer>(
  name: string,
  start: (output: (text: string) => void) => Promise<S>,
  say: (line: string) => void,
): Promise<KeptServer<S>> {
  const stopping = new AbortController();
  let printed = '';
  const output = (text: string) => void (printed = (printed + text).slice(-KEPT_OUTPUT_CHARS));
  const first = await start(output);
  let running: RunningServer = first;

  async function keep(): Promise<void> {
    for (let pauseMs = PAUSES_MS.first; !stopping.signal.aborted; pauseMs = Math.min(PAUSES_MS.longest, 2 * pauseMs)) {
      const startedAt = performance.now();
      await running.exited;
      if (stopping.signal.aborted) return;
      if (performance.now() - startedAt > PAUSES_MS.longest) pauseMs = PAUSES_MS.first;
      const isNews = pauseMs === PAUSES_MS.first;
      if (isNews) say(`${name} has ended by itself: ${reasonIn(printed)}. It is started again.`);
      await sleep(pauseMs, undefined, { signal: stopping.signal });
      printed = '';
      try {
        running = await running.again();
      } catch (error) {
        if (isNews) say(`${name} does not start yet: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  const kept = keep().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  const end = async (how: 'stop' | 'kill') => {
    stopping.abort();
    await running[how]();
    await kept;
    await running[how](); // it may have been on its way
  };
  return { first, stop: () => end('stop'), kill: () => end('kill') };
}

function reasonIn(printed: string): string {
  const lines = printed.trimEnd().split('\n');
  return withoutPassword(REASON.exec(printed)?.[0] ?? (lines.at(-1) || 'it said nothing'));
}
