import type { Logger } from '../runtime/logger';

/** The server of a broker, for people. */
export interface Engine {
  readonly name: string;
  /** Its address for the log, without a password. */
  readonly place: { readonly url: string; readonly [more: string]: string };
  /** The variables that say where it is. */
  readonly settings: string;
}

/** Knows since when the broker is away. When an outage lasts long, it logs once how to look for the cause. */
export class AwayWatch {
  private begun: Date | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reached = false;

  /** @param sayAfterMs how long (ms) it may be away before that is an error */
  constructor(
    private readonly logger: Logger,
    private readonly sayAfterMs: number,
    private readonly engine: Engine,
  ) {
    this.begin();
  }

  /** Since when it is away; undefined when it is there. */
  get since(): Date | undefined {
    return this.begun;
  }

  begin(since = new Date()): void {
    this.begun = since;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(since), since.getTime() + this.sayAfterMs - Date.now());
    this.timer.unref();
  }

  /** Call when it is there. */
  end(): void {
    this.reached = true;
    this.begun = undefined;
    clearTimeout(this.timer);
  }

  /** Logs nothing from now on. */
  close(): void {
    clearTimeout(this.timer);
  }

  private say(since: Date): void {
    const what = this.reached ? 'has been away' : 'was not reached since the start';
    this.logger.error(
      { ...this.engine.place, since: since.toISOString() },
      `${this.engine.name} ${what} for ${this.sayAfterMs / 1_000} s: check that it runs, ${this.engine.settings}, ` +
        'and that the network lets this process reach it; events wait in the outbox meanwhile',
    );
  }
}
