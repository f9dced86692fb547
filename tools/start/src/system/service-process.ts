import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@ticketing/services';
import { cacheDir, freePort, letGo, noteProcess, watchOver } from '@ticketing/servers';
import { causeIn, warningIn } from './cause-in';

export interface ServiceProcessOptions {
  readonly name: ServiceName;
  /** Added to the environment of this process. Without PORT a free one is used. */
  readonly env: NodeJS.ProcessEnv;
  /** Takes each line that the service prints. */
  readonly log?: (line: string) => void;
  /** The file that notes its process while it runs, for `clearLeftovers`. Absent: none. */
  readonly note?: string;
  /** The program instead of services/<name>/dist/main.js, for tests. */
  readonly program?: string;
  /** How long it may take until /readyz answers 200. */
  readonly readyWithinMs?: number;
}

/** A service as a separate process, which was ready once. */
export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  /** SIGTERM; SIGKILL when it does not exit within 15 s. Resolves with its exit code when it is gone. */
  stop(): Promise<number | null>;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Its exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

const ROOT = join(__dirname, '..', '..', '..', '..');
/**
 * As in the Dockerfile. V8 lets garbage grow before it collects it. Without limits a service uses 187 MB under creates,
 * with these 118, for about 10 % more CPU time (docs/performance.md).
 */
export const NODE_ARGS = ['--enable-source-maps', '--max-semi-space-size=8', '--max-old-space-size=160'];
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;
const LINES_IN_MESSAGE = 10;

/**
 * Starts a service and resolves when its /readyz answers 200. Node keeps the compiled code of its modules for the next
 * start, from Node 22 on. It does not get the Ctrl-C of the terminal. If this
 * process is gone without stopping it, the guard does.
 * @throws when it exits before, or is not ready in time. The message ends with the cause; without `log` it has the last lines, too.
 */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { name, env, log, note, readyWithinMs = READY_WITHIN_MS } = options;
  const program = options.program ?? join(ROOT, 'services', name, 'dist', 'main.js');
  const port = env['PORT'] || String(await freePort());
  const child = spawn(process.execPath, [...NODE_ARGS, program], {
    env: { NODE_COMPILE_CACHE: join(cacheDir(process.env), 'compiled'), ...process.env, ...env, PORT: port },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(null));
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const last: string[] = [];
  const waiting = new AbortController();
  let warning: string | undefined;
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      if (last.push(line) > LINES_IN_MESSAGE) last.shift();
      if (!waiting.signal.aborted) warning = warningIn([line]) ?? warning;
      log?.(line);
    });
  }
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} cannot be run: is ${process.execPath} there?`);
  const forget = note ? noteProcess(note, pid, name, program) : () => undefined;
  watchOver(pid);
  void exited.then(() => {
    letGo(pid);
    forget();
  });

  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const url = `http://127.0.0.1:${port}`;
  const problem = await Promise.race([
    exited.then(async (code) => {
      await Promise.race([closed, sleep(1_000)]); // until its lines are read
      return `exited with ${code ?? 'a signal'} before it was ready: ${causeIn(last) ?? 'it said nothing'}`;
    }),
    untilReady(url, readyWithinMs, () => warning, waiting.signal),
  ]);
  waiting.abort();
  if (problem !== undefined) {
    await kill();
    throw new Error([...(log ? [] : last), `${name} ${problem}`].join('\n'));
  }
  const stop = async () => {
    child.kill('SIGTERM');
    const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    const code = await exited;
    clearTimeout(deadline);
    return code;
  };
  return { url, pid, stop, kill, exited };
}

/** Undefined when it is ready, otherwise what is wrong. */
async function untilReady(
  url: string,
  withinMs: number,
  warning: () => string | undefined,
  until: AbortSignal,
): Promise<string | undefined> {
  const deadline = Date.now() + withinMs;
  let answer = '';
  while (Date.now() < deadline && !until.aborted) {
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
      if (response.status === 200) return undefined;
      answer = `${response.status} ${await response.text()}`;
    } catch {
      answer ||= 'nothing';
    }
    await sleep(50);
  }
  return `was not ready within ${withinMs / 1000} s: ${warning() ?? `/readyz answered ${answer}`}`;
}
