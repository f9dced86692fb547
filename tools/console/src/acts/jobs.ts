import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Job } from '../page/model/system';

const KEPT_JOBS = 12;
const KEPT_LINES = 300;

/** Something that runs and tells of itself. */
export interface RunningJob {
  say(line: string): void;
  end(state: 'done' | 'failed'): void;
}

/** The programs and experiments that were started on the page, the newest first, with what they said. */
export class Jobs {
  private all: Job[] = [];
  private last = 0;
  private readonly listeners = new Set<() => void>();

  get list(): readonly Job[] {
    return this.all;
  }

  /** Returns a function that ends it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  begin(title: string, command = ''): RunningJob {
    const id = ++this.last;
    const job: Job = { id, title, command, lines: [], state: 'running', at: Date.now() };
    this.all = [job, ...this.all].slice(0, KEPT_JOBS);
    const change = (to: (now: Job) => Partial<Job>) => {
      this.all = this.all.map((one) => (one.id === id ? { ...one, ...to(one) } : one));
      for (const listener of this.listeners) listener();
    };
    change(() => ({}));
    return {
      say: (line) => change(({ lines }) => ({ lines: [...lines, line].slice(-KEPT_LINES) })),
      end: (state) => change(() => ({ state })),
    };
  }

  /** Something that happened by itself. */
  note(title: string): void {
    this.begin(title).end('done');
  }

  /** Runs a program of this repository. It has failed when its exit code is not 0. */
  program(title: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
    const job = this.begin(title, command);
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => job.say(line));
    child.once('error', (error) => job.say(error.message));
    child.once('close', (code) => job.end(code === 0 ? 'done' : 'failed'));
  }
}
