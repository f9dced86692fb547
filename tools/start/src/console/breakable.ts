import { pauseProcess } from '@ticketing/servers';
import type { How, PartState } from './protocol';

/** A process that can be ended and started again. */
export interface Control {
  pid(): number | undefined;
  /** Ends it; it is not started again before `start`. */
  end(how: 'stop' | 'kill'): Promise<unknown>;
  /** Resolves when it is ready again. @throws when it does not become ready */
  start(): Promise<unknown>;
}

/** What is allowed in each state. */
const ALLOWED: Readonly<Record<PartState, readonly How[]>> = {
  running: ['stop', 'kill', 'pause'],
  paused: ['resume', 'kill'],
  stopped: ['start'],
  starting: [],
  stopping: [],
};

/** A part of the system that a person may break, and what has become of it. */
export class Breakable {
  private now: PartState = 'running';

  constructor(
    readonly name: string,
    private readonly control: Control,
    private readonly onChange: () => void,
  ) {}

  get state(): PartState {
    return this.now;
  }

  /** @throws Error when that is not possible in this state, or does not work */
  async act(how: How): Promise<void> {
    if (!ALLOWED[this.now].includes(how)) throw new Error(`${this.name} is ${this.now}: ${how} is not possible`);
    switch (how) {
      case 'pause':
        await pauseProcess(this.needPid());
        return this.become('paused');
      case 'resume':
        return this.wake();
      case 'stop':
      case 'kill':
        this.become('stopping');
        await this.control.end(how);
        return this.become('stopped');
      case 'start':
        this.become('starting');
        try {
          await this.control.start();
          this.become('running');
        } catch (error) {
          this.become('stopped');
          throw error;
        }
    }
  }

  /** Lets a paused process go on, so that it can end in order. */
  wake(): void {
    if (this.now !== 'paused') return;
    process.kill(this.needPid(), 'SIGCONT');
    this.become('running');
  }

  private needPid(): number {
    const pid = this.control.pid();
    if (pid === undefined) throw new Error(`${this.name} was not started here`);
    return pid;
  }

  private become(state: PartState): void {
    this.now = state;
    this.onChange();
  }
}
