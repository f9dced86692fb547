import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Place, placeArgs } from '@ticketing/kubernetes';
import { letGo, watchOver } from '@ticketing/servers';
import { portInUse } from './kubectl-words';

/** How long kubectl may take until it listens (ms). */
const READY_WITHIN_MS = 30_000;
/** How long `stop` waits after SIGTERM before it kills (ms). */
const STOP_WITHIN_MS = 5_000;
const KEPT_OUTPUT_CHARS = 4_000;

/** Local port and port of the pod. */
export type PortPair = readonly [local: number, remote: number];

/** A `kubectl port-forward` that listens. */
export interface PortForward {
  /** Resolves when it is gone, by itself or by `stop`, with its standard error or what ended it. */
  readonly ended: Promise<string>;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

/** kubectl ended, or could not listen, before it forwarded. */
export class PortForwardError extends Error {
  override readonly name = 'PortForwardError';
  /** @param stderr what it printed */
  constructor(readonly stderr: string) {
    super(stderr);
  }
}

/**
 * Resolves when kubectl listens on every local port. kubectl is in its own process group, so that a Ctrl-C in the
 * terminal does not end it too early. It ends with this process, however this process ends.
 * @throws PortForwardError; an AbortError when the signal aborts, with kubectl gone
 */
export async function startPortForward(
  podName: string,
  ports: readonly PortPair[],
  place: Place,
  signal: AbortSignal,
): Promise<PortForward> {
  signal.throwIfAborted();
  const pairs = ports.map(([local, remote]) => `${local}:${remote}`);
  const args = ['port-forward', `pod/${podName}`, ...pairs, ...placeArgs(place)];
  const child = spawn('kubectl', args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child; // undefined when it cannot be run
  if (pid !== undefined) watchOver(pid);
  let [stdout, stderr] = ['', ''];
  const ended = once(child, 'close').then(
    ([code, killedBy]) => stderr || `it ended with ${String(killedBy ?? code)}`,
    (error: Error) => error.message,
  );
  void ended.then(() => pid !== undefined && letGo(pid));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(deadline);
  };
  const settled = new AbortController();
  const listening = new Promise<boolean>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout = (stdout + chunk.toString()).slice(-KEPT_OUTPUT_CHARS);
      if (ports.every(([, remote]) => stdout.includes(` -> ${remote}\n`))) resolve(true);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-KEPT_OUTPUT_CHARS);
      if (portInUse(stderr) !== undefined) resolve(false);
    });
    void ended.then(() => resolve(false));
    setTimeout(() => resolve(false), READY_WITHIN_MS).unref();
    signal.addEventListener('abort', () => resolve(false), { signal: settled.signal });
  });
  const listens = await listening;
  settled.abort();
  if (listens) return { ended, stop };
  await stop();
  signal.throwIfAborted();
  throw new PortForwardError(await ended);
}
