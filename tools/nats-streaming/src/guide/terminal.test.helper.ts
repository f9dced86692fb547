import { type ChildProcess, spawn } from 'node:child_process';
import { waitFor } from '@ticketing/testing';
import type { Likeness } from './likeness.test.helper';
import type { Step } from './read-guide.test.helper';

/** How long to wait for a line (ms): the server drops a client only after its heartbeats. */
const LINE_WITHIN_MS = 60_000;

/** One terminal of a person who follows the guide. */
export class Terminal {
  private child: ChildProcess | undefined;
  private printed: string[] = [];
  private rest = '';
  /** The last step allows any further lines. */
  private open = false;

  constructor(
    private readonly cwd: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly likeness: Likeness,
    /** Gives the lines the ports that the guide has. */
    private readonly asInGuide: (line: string) => string,
  ) {}

  /** Does one step, and waits until it has printed what the guide says. @throws Error that shows the output */
  async follow(step: Step, command: string): Promise<void> {
    if (step.run !== undefined) await this.run(command);
    if (step.interrupt) this.interrupt();
    if (step.type !== undefined) this.child?.stdin?.write(`${step.type}\n`);
    await this.expect(step);
  }

  /** Interrupts the command and everything that it has started, like Ctrl-C. */
  interrupt(signal: NodeJS.Signals = 'SIGINT'): void {
    if (this.child?.pid !== undefined) process.kill(-this.child.pid, signal);
  }

  async close(): Promise<void> {
    if (this.child === undefined) return;
    this.interrupt('SIGTERM');
    await this.ended();
  }

  /** @throws Error when more was printed than the guide says */
  assertNothingMore(): void {
    if (this.printed.length === 0 || this.open) return;
    throw new Error(`the guide does not say that this is printed:\n  ${this.printed.join('\n  ')}`);
  }

  private async run(command: string): Promise<void> {
    await this.ended();
    this.assertNothingMore();
    this.printed = [];
    this.open = false;
    const child = spawn('bash', ['-c', `exec 2>&1; ${command}`], {
      ...{ cwd: this.cwd, env: this.env, detached: true },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (this.rest + chunk.toString()).split('\n');
      this.rest = lines.pop() ?? '';
      this.printed.push(...lines.map(this.asInGuide));
    });
    child.once('close', () => (this.child = undefined));
  }

  /** A prompt comes back only when the command has ended. */
  private ended(): Promise<unknown> {
    return waitFor(() => this.child === undefined, { timeoutMs: LINE_WITHIN_MS, what: 'the end of the command' });
  }

  private async expect({ expected, line }: Step): Promise<void> {
    if (expected.length > 0) this.open = expected.at(-1) === '...';
    let skipping = false;
    for (const [index, wanted] of expected.entries()) {
      if (wanted === '...') {
        skipping = true;
        continue;
      }
      const at = `line ${line + index + 1} of the guide`;
      for (let found = false; !found;) {
        await waitFor(() => this.printed.length > 0, { timeoutMs: LINE_WITHIN_MS, what: `${at}: ${wanted}` });
        const next = this.printed.shift() ?? '';
        found = this.likeness.matches(wanted, next);
        if (!found && !skipping) throw new Error(`${at} says\n  ${wanted}\nand this is printed:\n  ${next}`);
      }
      skipping = false;
    }
  }
}
