import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { letGo, watchOver } from '@ticketing/servers';
import type { FromConsole, ToConsole } from './protocol';

const PROGRAM = join(__dirname, '..', '..', '..', 'console', 'dist', 'main.js');
/** The newest lines of services that are kept for a console that is opened later. */
const KEPT_LINES = 3_000;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;

export interface ConsoleOptions {
  /**
   * Where the system is, and the key of its tokens, as a service's environment says it, and the address of the ingress.
   * Undefined while it is not ready.
   */
  readonly where: () => { readonly env: NodeJS.ProcessEnv; readonly api: string } | undefined;
  /** Answers what the page asks for. @throws Error, whose message the page shows */
  readonly onAsked: (asked: Exclude<FromConsole, { what: 'ready' }>) => Promise<void>;
  /** What a console that has just begun must know. */
  readonly firstWords: () => readonly ToConsole[];
  /** How long it may take to end (ms) until it is killed. */
  readonly stopWithinMs?: number;
}

/**
 * The console as a process of its own, which begins when somebody opens the page: until then it costs nothing but the
 * memory of the newest lines. If it ends by itself, the rest goes on, and the next request starts it again.
 */
export class ConsoleProcess {
  /** Its address, for the ingress; empty while it does not run. */
  readonly targets: string[] = [];
  private lines: ToConsole[] = [];
  private child: ChildProcess | undefined;
  private starting: Promise<void> | undefined;
  private isOver = false;
  private unsent = 0;

  constructor(private readonly options: ConsoleOptions) {}

  /** Takes a line of a service, for now and for later. */
  line(service: string, text: string): void {
    if (!text.startsWith('{')) return;
    const line: ToConsole = { what: 'line', service, text };
    this.lines.push(line);
    if (this.lines.length > 1.2 * KEPT_LINES) this.lines = this.lines.slice(-KEPT_LINES);
    if (this.unsent < KEPT_LINES) this.tell(line); // or a console that hangs would fill the memory of npm start
  }

  tell(words: ToConsole): void {
    if (!this.child?.connected || this.targets.length === 0) return;
    this.unsent += 1;
    this.child.send(words, () => void (this.unsent -= 1));
  }

  /** Resolves when it runs, or cannot be started. */
  running(): Promise<void> {
    const where = this.options.where();
    if (!where || this.targets.length > 0 || this.isOver) return Promise.resolve();
    return (this.starting ??= this.start(where.env, where.api).finally(() => (this.starting = undefined)));
  }

  /** Resolves when it is gone, with its exit code; null when a signal ended it, or it did not run. */
  async stop(): Promise<number | null> {
    this.isOver = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    if (child.connected) child.disconnect(); // the channel would keep it from ending
    child.kill('SIGTERM');
    const deadline = setTimeout(() => child.kill('SIGKILL'), this.options.stopWithinMs ?? STOP_WITHIN_MS);
    await once(child, 'exit');
    clearTimeout(deadline);
    return child.exitCode;
  }

  private async start(env: NodeJS.ProcessEnv, api: string): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM, '--act', '--port', '0', '--api', api], {
      ...{ env, detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    });
    this.child = child;
    const { pid } = child;
    if (pid !== undefined) watchOver(pid);
    const gone = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => {
        if (pid !== undefined) letGo(pid);
        this.targets.length = 0;
        resolve();
      });
    });
    const ready = new Promise<void>((resolve) => {
      child.on('message', (words: FromConsole) => {
        if (words.what !== 'ready') return void this.answer(words);
        this.targets.splice(0, 1, words.url);
        for (const first of [...this.options.firstWords(), ...this.lines]) this.tell(first);
        resolve();
      });
    });
    const deadline = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
    await Promise.race([ready, gone]);
    clearTimeout(deadline);
  }

  private async answer(asked: Exclude<FromConsole, { what: 'ready' }>): Promise<void> {
    try {
      await this.options.onAsked(asked);
      this.tell({ what: 'answer', id: asked.id });
    } catch (error) {
      this.tell({ what: 'answer', id: asked.id, problem: error instanceof Error ? error.message : String(error) });
    }
  }
}
