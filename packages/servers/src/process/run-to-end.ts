import { spawn } from 'node:child_process';
import { letGo, watchOver } from './guard';

const KEPT_OUTPUT_CHARS = 1_500;

export interface RunOptions {
  cwd?: string;
  env: NodeJS.ProcessEnv;
  /** Takes each line that the program prints. */
  onLine?: (line: string) => void;
  /** Kills the program when it aborts; its reason is what is thrown. */
  signal?: AbortSignal;
}

/** Runs a program until it has exited with 0. @throws with the end of its output when it did not. */
export async function runToEnd(command: string, args: readonly string[], options: RunOptions): Promise<void> {
  const { cwd, env, onLine, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, { ...(cwd === undefined ? {} : { cwd }), env, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid;
  if (pid !== undefined) watchOver(pid);
  const onAbort = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', onAbort, { once: true });
  let output = '';
  const onData = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT_CHARS);
    for (const line of chunk.toString().split(/[\r\n]+/)) if (line.trim() !== '') onLine?.(line.trim());
  };
  child.stdout.on('data', onData);
  child.stderr.on('data', onData);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal?.throwIfAborted();
    if (code !== 0)
      throw new Error(`${command} ended with ${code ?? 'a signal'}: ${output.trim().replace(/\s+/g, ' ')}`);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    if (pid !== undefined) letGo(pid);
  }
}
