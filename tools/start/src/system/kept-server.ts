import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutPassword, type RunningServer } from '@ticketing/servers';

/** An end within the longest pause counts as the same trouble. */
const PAUSES_MS = { first: 500, longest: 10_000 };
const KEPT_OUTPUT_CHARS = 16_000;
/** These begin the line in which a server says why it ends, before its stacks. */
const REASON = /^(panic: |cannot write ).*$|^.*(\[FTL\]|"msg":"Fatal assertion"|no space left on device).*$/m;

/**
 * What a broker prints when it runs on and takes nothing any more. After one write that its disk had no space for,
 * JetStream stores nothing until it is started again, also when there is space (nats-server, filestore.go, setWriteErr).
 */
export const STUCK_WHEN = { jetstream: /no space left on device/, streaming: undefined } as const;

export interface KeptServer<S extends RunningServer> {
  /** As it ran first. */
  readonly first: S;
  /** Asks it to stop and waits for that; it is not started again. */
  readonly stop: () => Promise<void>;
  /** The same at once, by SIGKILL. */
  readonly kill: () => Promise<void>;
  /** Of the process that runs now, or ran last. */
  readonly pid: () => number | undefined;
  /** Ends it, and does not start it again before `start`. */
  readonly end: (how: 'stop' | 'kill') => Promise<void>;
  /** Starts it after `end`, and resolves when it is ready. @throws why it does not start; then it stays ended */
  readonly start: () => Promise<void>;
}

/**
 * Starts a server, and restarts it each time that it ends by itself, as MongoDB and NATS Streaming do when their disk
 * is full. The pauses grow from 0.5 to 10 s, and one trouble is reported once.
 * @param stuckWhen what it prints when it takes nothing any more; then it is ended
 * @throws when the first start fails.
 */
export async function keepServer<S extends RunningServer>(
  name: string,
  start: (output: (text: string) => void) => Promise<S>,
  say: (line: string) => void,
  stuckWhen?: RegExp,
): Promise<KeptServer<S>> {
  const stopping = new AbortController();
  let printed = '';
  let onStuck: () => void = () => undefined;
  const output = (text: string) => {
    printed = (printed + text).slice(-KEPT_OUTPUT_CHARS);
    if (stuckWhen?.test(printed)) onStuck();
  };
  const first = await start(output);
  let running: RunningServer = first;
  let held: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  const hold = () => {
    let end: () => void = () => undefined;
    held = { over: new Promise<void>((resolve) => (end = resolve)), end: () => end() };
  };
  let onTried: (problem?: Error) => void = () => undefined;
  let trying: Promise<Error | undefined> | undefined;

  async function keep(): Promise<void> {
    for (let pauseMs = PAUSES_MS.first; !stopping.signal.aborted; pauseMs = Math.min(PAUSES_MS.longest, 2 * pauseMs)) {
      const startedAt = performance.now();
      const stuck = new Promise<'stuck'>((resolve) => (onStuck = () => resolve('stuck')));
      const isStuck = (await Promise.race([running.exited, stuck])) === 'stuck';
      if (stopping.signal.aborted) return;
      if (held) {
        await Promise.race([held.over, once(stopping.signal, 'abort')]);
        if (stopping.signal.aborted) return;
        hold(); // until it runs
        const problem = await tryAgain();
        if (problem === undefined) held = undefined;
        onTried(problem);
        continue;
      }
      if (isStuck) await running.stop();
      if (performance.now() - startedAt > PAUSES_MS.longest) pauseMs = PAUSES_MS.first;
      const isNews = pauseMs === PAUSES_MS.first;
      const what = isStuck ? 'takes nothing any more' : 'has ended by itself';
      if (isNews) say(`${name} ${what}: ${reasonIn(printed)}. It is started again.`);
      await sleep(pauseMs, undefined, { signal: stopping.signal });
      if (held) continue;
      trying = tryAgain();
      const problem = await trying;
      if (isNews && problem !== undefined) say(`${name} does not start yet: ${problem.message}`);
    }
  }
  function tryAgain(): Promise<Error | undefined> {
    printed = '';
    return running.again().then(
      (again) => void (running = again),
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
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
  return {
    ...{ first, stop: () => end('stop'), kill: () => end('kill'), pid: () => running.pid },
    end: async (how) => {
      hold();
      await trying; // what is on its way must not run after this
      await running[how]();
    },
    start: () =>
      new Promise((resolve, reject) => {
        onTried = (problem) => (problem === undefined ? resolve() : reject(problem));
        held?.end();
      }),
  };
}

function reasonIn(printed: string): string {
  const lines = printed.trimEnd().split('\n');
  return withoutPassword(REASON.exec(printed)?.[0] ?? (lines.at(-1) || 'it said nothing'));
}
