import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { EngineName } from '@ticketing/common';
import { letGo, watchOver } from '@ticketing/servers';

const OPERATE = require.resolve('@ticketing/operate').replace(/index\.js$/, 'main.js');

/** One side of a bridge. */
export interface Side {
  readonly engine: EngineName;
  readonly url: string;
}

/** `npm run bridge` as a process of its own. */
export interface BridgeProcess {
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM. Resolves with its exit code when it is gone. */
  stop(): Promise<number | null>;
  /** Resolves with its exit code, and the last line of its `--json`. */
  readonly ended: Promise<{ readonly code: number | null; readonly last: unknown; readonly stderr: string }>;
}

/** @param more options of the command line */
export function startBridge(from: Side, to: Side, ...more: string[]): BridgeProcess {
  const sides = ['--from', from.url, '--from-broker', from.engine, '--to', to.url, '--to-broker', to.engine];
  const child = spawn(process.execPath, [OPERATE, 'bridge', ...sides, '--ack-wait', '1000', '--json', ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid !== undefined) watchOver(pid);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => {
    if (pid !== undefined) letGo(pid);
    const last = stdout.trim().split('\n').at(-1) || 'null';
    return { code: code as number | null, last: JSON.parse(last) as unknown, stderr };
  });
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal);
    return (await ended).code;
  };
  return { kill: () => end('SIGKILL').then(() => undefined), stop: () => end('SIGTERM'), ended };
}
