import { spawn, type ChildProcess } from 'node:child_process';
import { letGo, watchOver } from './guard';

/** How long a server may take until it is ready: it may have to recover a data folder. */
const READY_WITHIN_MS = 60_000;
/** How long `stop` waits after SIGTERM before it kills. */
const STOP_WITHIN_MS = 15_000;
const KEPT_OUTPUT_CHARS = 4_000;

/** The server ended by itself before it was ready. */
export class EndedError extends Error {}

/** A process of ours that is ready for work. */
export interface ServerProcess {
  readonly pid: number;
  /** SIGTERM, SIGKILL after 15 s; resolves when the process is gone. */
  readonly stop: () => Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** Resolves when the process is gone, for whatever reason. */
  readonly exited: Promise<void>;
}

export interface ProcessOptions {
  /** Takes what the server prints. Absent: it is dropped. */
  readonly output?: ((text: string) => void) | undefined;
  /** Called with the process as soon as it exists; the returned function is called when that has exited. */
  readonly noted?: (pid: number) => () => void;
}

/**
 * Starts a server and resolves when its output matches `ready`. It is in its own process group, so that a Ctrl-C in the
 * terminal reaches only its owner, which then stops it in order. If its owner is gone without that, the guard stops it.
 * @throws EndedError when it ends, Error when it is silent for too long; the message has the end of its output.
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  ready: RegExp,
  env: NodeJS.ProcessEnv,
  { output, noted }: ProcessOptions = {},
): Promise<ServerProcess> {
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  if (child.pid !== undefined) {
    const pid = child.pid;
    const forget = noted?.(pid);
    watchOver(pid);
    void exited.then(() => {
      letGo(pid);
      forget?.();
    });
  }
  for (const stream of [child.stdout, child.stderr]) {
    if (output) stream.on('data', (chunk: Buffer) => output(chunk.toString()));
  }
  const pid = await untilReady(child, ready).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await exited;
    throw error;
  });
  return {
    pid,
    exited,
    async stop() {
      child.kill('SIGTERM');
      const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(deadline);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Keeps reading after it resolved, because a server whose output is not read would block. */
function untilReady(child: ChildProcess, ready: RegExp): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const words = (what: string) => `${what}. Its last output: ${output.trim() || '(none)'}`;
    const deadline = setTimeout(
      () => reject(new Error(words(`it was not ready within ${READY_WITHIN_MS / 1000} s`))),
      READY_WITHIN_MS,
    );
    const onData = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT_CHARS);
      if (child.pid !== undefined && ready.test(output)) {
        clearTimeout(deadline);
        resolve(child.pid);
      }
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.once('error', (error) => {
      clearTimeout(deadline);
      reject(new Error(`it cannot be run: ${error.message}`, { cause: error }));
    });
    child.once('close', (code, signal) => {
      clearTimeout(deadline);
      reject(new EndedError(words(`it exited with ${signal ?? `code ${code}`}`)));
    });
  });
}
