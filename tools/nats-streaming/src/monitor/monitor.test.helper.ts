import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitFor } from '@ticketing/testing';
import type { RunningNats } from '@ticketing/servers';
import { connect, type Stan } from 'node-nats-streaming';
import type { Told } from './listener.test.program';
import type { Seen } from './look';
import type { Away } from './watch';

const DIST = join(__dirname, '..', '..', 'dist', 'monitor');
const children: ChildProcess[] = [];

/** Ends what was started here and still runs. */
export async function endChildren(): Promise<void> {
  const left = children.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const gone = left.map((child) => once(child, 'exit'));
  for (const child of left) child.kill('SIGKILL');
  await Promise.all(gone);
}

/** A monitor that runs, and what it has printed. */
export class Monitor {
  readonly #child;
  stdout = '';
  stderr = '';
  readonly #closed: Promise<unknown>;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, [join(DIST, 'main.js'), ...args], {
      env: { PATH: process.env['PATH'], TICKETING_DATA: '/nowhere', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(this.#child);
    this.#child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.#child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#closed = once(this.#child, 'close');
  }

  /** The exit code, once it has ended. */
  async ended(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** For `--watch --json`: waits for a look, from now on, that fulfils the condition. */
  async until(isWanted: (seen: Seen) => boolean, what: string): Promise<Seen> {
    return this.#look((frame) => ('away' in frame || !isWanted(frame) ? undefined : frame), what);
  }

  /** For `--watch --json`: waits until it says that the server is away. */
  async untilAway(): Promise<Away> {
    return this.#look((frame) => ('away' in frame ? frame : undefined), 'a server that is away');
  }

  #look<T>(pick: (frame: Seen | Away) => T | undefined, what: string): Promise<T> {
    const from = this.stdout.lastIndexOf('\n') + 1;
    const found = () => {
      const lines = this.stdout.slice(from).split('\n').slice(0, -1);
      for (const line of lines) {
        const picked = pick(JSON.parse(line) as Seen | Away);
        if (picked !== undefined) return picked;
      }
      return undefined;
    };
    return waitFor(found, { timeoutMs: 30_000, what });
  }
}

/** Runs the monitor to its end. */
export async function runMonitor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const monitor = new Monitor(args, env);
  const code = await monitor.ended();
  return { code, stdout: monitor.stdout, stderr: monitor.stderr };
}

/** Starts a listener as a separate process; resolves when it subscribes. */
export async function startListener(
  { url, clusterId }: Pick<RunningNats, 'url' | 'clusterId'>,
  told: Omit<Told, 'url' | 'clusterId'>,
): Promise<ChildProcess> {
  const program = join(DIST, 'listener.test.program.js');
  const child = spawn(process.execPath, [program, JSON.stringify({ url, clusterId, ...told })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

/** Connects from this process. The end of the server is no error of the test. */
export async function client({ url, clusterId }: Pick<RunningNats, 'url' | 'clusterId'>, id: string): Promise<Stan> {
  const stan = connect(clusterId, id, { url, connectTimeout: 60_000 });
  stan.on('error', () => undefined);
  await once(stan, 'connect');
  return stan;
}

export async function close(stan: Stan): Promise<void> {
  const closed = once(stan, 'close');
  stan.close();
  await closed;
}

export async function publish(stan: Stan, channels: readonly string[]): Promise<void> {
  const one = (channel: string) =>
    new Promise<void>((resolve, reject) =>
      stan.publish(channel, 'hello', (error) => (error ? reject(error) : resolve())),
    );
  await Promise.all(channels.map(one));
}
