import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { testServers, waitFor } from '@ticketing/testing';

const DIST = join(__dirname, '..', 'dist');
const running = new Set<ChildProcess>();

/** The result of a program that has ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of this package as a separate process, on the server of the tests unless its options say otherwise. */
export class Program {
  private readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;

  constructor(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const { natsUrl, natsClusterId } = testServers();
    this.child = spawn(process.execPath, [join(DIST, file), ...args], {
      env: {
        ...{
          PATH: process.env['PATH'],
          TICKETING_DATA: '/nowhere/data',
          TICKETING_CACHE: process.env['TICKETING_CACHE'],
        },
        ...{ HOME: process.env['HOME'], NATS_URL: natsUrl, NATS_CLUSTER_ID: natsClusterId, ...env },
      },
      stdio: 'pipe',
    });
    running.add(this.child);
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => {
        running.delete(this.child);
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** The process that holds the connection, as it reports. */
  get pid(): number {
    return Number(/pid (\d+)(?![^]*pid \d)/.exec(this.stderr)?.[1]);
  }

  /** The sequences of the messages that it printed, in order. */
  get sequences(): number[] {
    return [...this.stdout.matchAll(/^#(\d+) /gm)].map(([, sequence]) => Number(sequence));
  }

  type(text: string | Buffer): void {
    this.child.stdin?.write(text);
  }

  endInput(): void {
    this.child.stdin?.end();
  }

  /** Closes its output, like `head` at its end. */
  closeOutput(): void {
    this.child.stdout?.destroy();
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Listens, and resolves when the server has the subscription. */
export async function listening(...args: readonly string[]): Promise<Program> {
  const program = new Program('listen/listener.js', args);
  await waitFor(() => program.stderr.includes('listening on'), { what: 'a subscription' });
  return program;
}

/** Publishes, and resolves when it has ended. */
export function published(...args: readonly string[]): Promise<Ended> {
  return new Program('publish/publisher.js', args).ended;
}

/** Ends what a test has left running. */
export async function killAll(): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  await waitFor(() => running.size === 0);
}
