import { type Counters, eventsOf, sumOf } from '../system/counters.helper';
import type { Ran } from './one-schedule';
import { countsOf } from './report';

/** The totals of a whole run. */
export class Totals {
  private readonly seedsThatFailed: number[] = [];
  private readonly agreedAfterMs: number[] = [];
  private schedules = 0;
  private promises = 0;
  private statuses: Counters = {};
  private faults: Counters = {};
  private events: Counters = {};
  private readonly began = Date.now();

  add(seed: number, { outcome, held }: Ran): void {
    this.schedules += 1;
    if (!held) this.seedsThatFailed.push(seed);
    if (!outcome) return;
    this.agreedAfterMs.push(outcome.agreedAfterMs);
    this.promises += outcome.promises.length;
    this.statuses = sumOf(this.statuses, outcome.statuses);
    this.events = sumOf(this.events, outcome.counters);
    this.faults = sumOf(this.faults, ...outcome.happened.map(({ fault }) => ({ [fault.kind]: 1 })));
  }

  get failed(): number {
    return this.seedsThatFailed.length;
  }

  lines(): string[] {
    const minutes = ((Date.now() - this.began) / 60_000).toFixed(1);
    const seconds = this.agreedAfterMs.toSorted((a, b) => a - b).map((ms) => ms / 1_000);
    const at = (share: number) => (seconds[Math.floor(share * (seconds.length - 1))] ?? NaN).toFixed(1);
    const failed = this.failed === 0 ? '' : `: the seeds ${this.seedsThatFailed.join(', ')}`;
    return [
      `${this.schedules} schedules in ${minutes} minutes, ${this.failed} failed${failed}`,
      `faults: ${countsOf(this.faults)}`,
      `requests: ${countsOf(this.statuses)}; promises: ${this.promises}`,
      `events: ${eventsOf(this.events)}`,
      `agreement after the load: median ${at(0.5)} s, longest ${at(1)} s`,
    ];
  }
}
