import type { Logger } from '../runtime/logger';

/** Knows since when the broker is away. When an outage lasts long, it logs once how to look for the cause. */
export class AwayWatch {
  private begun: Date | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reached = false;

  /** @param sayAfterMs how long (ms) it may be away before that is an error; `facts` are added to the log line */
  constructor(
    private readonly logger: Logger,
    private readonly sayAfterMs: number,
    private readonly facts: { readonly url: string; readonly clusterId: string },
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
      { ...this.facts, since: since.toISOString() },
      `NATS Streaming ${what} for ${this.sayAfterMs / 1_000} s: check that it runs, NATS_URL (host, port, user), NATS_CLUSTER_ID, ` +
        'and that the network lets this process reach it; events wait in the outbox meanwhile',
    );
  }
}
