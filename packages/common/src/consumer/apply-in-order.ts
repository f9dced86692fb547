import type { Logger } from '../runtime/logger';
import type { EventOutcome } from '../runtime/metrics';
import { type AnyEvent, decodeEvent, type Subject } from '../events/contracts';
import type { FailureHandler } from './failures/handle-failure';
import { messageFacts } from '../tracing/event-facts';
import { OUTCOME, processSpan } from '../tracing/event-spans';
import { inSpan } from '../tracing/tracing';
import { decide, type Replica } from './ordering';
import type { Origin } from './origin';
import type { ParkedEvent, ParkedEventStore } from './parked-events';
import { tellOutcome } from './tell-outcome';
import type { ParkedHere } from './parked-here';
import type { ParkedWatch } from './parked-watch';

/** Counts what became of an event, which is given where it may have been applied just now. */
export type Count = (subject: Subject, outcome: EventOutcome, event?: AnyEvent) => void;

export interface InOrderDependencies {
  readonly replica: Replica<AnyEvent>;
  readonly parked: ParkedEventStore;
  readonly parkedHere: ParkedHere;
  readonly parkedWatch: Pick<ParkedWatch, 'keep'>;
  readonly failures: FailureHandler;
  /** A parked event that failed is tried again after this long (ms), like a message that was not acked. */
  readonly retryAfterMs: number;
  readonly logger: Logger;
  readonly count: Count;
}

/** A replica that so often neither takes an event nor moves past it is broken; each honest race moves it on. */
const MAX_LOOKS = 100;

/** A delivered event and where it came from. */
export interface Delivery {
  readonly subject: Subject;
  readonly event: AnyEvent;
  readonly origin: Origin;
  readonly payload: string;
}

/**
 * Applies events to a replica in the order of their versions, in whatever order they come: N+1 to N, what was seen is
 * nothing, a gap is parked. Nothing is acked here; when `apply` returns, the event is either in the replica or parked.
 */
export class InOrder {
  constructor(private readonly deps: InOrderDependencies) {}

  /** @throws what the replica or the database threw; then nothing was lost and the event must come again */
  async apply(delivery: Delivery): Promise<EventOutcome> {
    const { event } = delivery;
    const { replica } = this.deps;
    for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
      // The common case first: one conditional write, nothing read. A snapshot replaces any older state at once.
      const expected = event.meta.snapshot ? { below: event.version } : { exactly: previous(event.version) };
      if (await replica.apply(event, expected)) {
        await this.applyParked(event.id, event.version);
        return 'applied';
      }
      const decision = decide(await replica.versionOf(event.id), event.version);
      if (decision === 'seen') return 'seen';
      if (decision === 'gap' && !event.meta.snapshot) return this.park(delivery);
      // The replica moved between the write and the read: look again.
    }
    throw new Error(`the replica neither takes version ${event.version} of ${event.id} nor is past it`);
  }

  /**
   * Applies what fits now, from the version that the replica has. Whoever changes the version and whoever parks both come
   * here after their own write. Who does not know of a parked event does not look for it: its parker keeps watch.
   */
  async applyParked(aggregateId: string, version: number | undefined): Promise<void> {
    const { replica, parked, parkedHere } = this.deps;
    for (let have = version, looks = 0; looks < MAX_LOOKS; looks += 1) {
      const wanted = (have ?? -1) + 1;
      if (!parkedHere.mayBeParked(aggregateId, wanted)) return;
      const next = await parked.find(aggregateId, wanted);
      if (!next) return parkedHere.forget({ aggregateId, version: wanted });
      const wrote = await this.applyOne(next, { exactly: have });
      if (wrote === 'failed') return;
      if (wrote) looks = 0;
      have = wrote ? next.version : await replica.versionOf(aggregateId);
    }
  }

  /** Removes a parked event that was passed, or applies it if it is next. Returns whether it is settled. */
  async settle(event: ParkedEvent): Promise<boolean> {
    const have = await this.deps.replica.versionOf(event.aggregateId);
    const decision = decide(have, event.version);
    if (decision === 'seen') this.remove(event);
    if (decision === 'next') await this.applyParked(event.aggregateId, have);
    return decision !== 'gap';
  }

  /** Applies a parked event over a gap, as the whole state that it is; counted and logged. */
  async skipTo(event: ParkedEvent, waitedMs: number): Promise<void> {
    const have = await this.deps.replica.versionOf(event.aggregateId);
    const wrote = await this.applyOne(event, { below: event.version }, 'skipped');
    if (wrote !== true) return;
    this.deps.logger.warn(
      { subject: event.subject, ...messageFacts(event), from: have, to: event.version, waitedMs },
      'gap patience is over: applied a later version over the missing ones',
    );
    await this.applyParked(event.aggregateId, event.version);
  }

  private async park({ subject, event, origin, payload }: Delivery): Promise<EventOutcome> {
    const { replica, parked, parkedHere, parkedWatch } = this.deps;
    const { channel, sequence, storedAt } = origin;
    const { id: aggregateId, version } = event;
    await parked.park({ channel, sequence, storedAt, subject, aggregateId, version, payload });
    parkedHere.add({ aggregateId, version });
    parkedWatch.keep(aggregateId, () => this.lookAgain(aggregateId));
    // The predecessor may have been applied between the check and the parking, by another member that saw nothing parked.
    await this.applyParked(aggregateId, await replica.versionOf(aggregateId));
    return 'parked';
  }

  /** Applies what this process parked, if it is next by now. Returns whether something of it still waits. */
  private async lookAgain(aggregateId: string): Promise<boolean> {
    const { replica, parkedHere } = this.deps;
    if (parkedHere.ownVersions(aggregateId).length === 0) return false; // settled meanwhile
    const have = await replica.versionOf(aggregateId);
    for (const version of parkedHere.ownVersions(aggregateId)) {
      // Who moved the replica past it has removed it, or the sweep will.
      if (decide(have, version) === 'seen') parkedHere.forget({ aggregateId, version });
    }
    await this.applyParked(aggregateId, have);
    return parkedHere.ownVersions(aggregateId).length > 0;
  }

  private remove(event: ParkedEvent): void {
    this.deps.parked.remove(event);
    this.deps.parkedHere.forget(event);
  }

  private async applyOne(
    parkedEvent: ParkedEvent,
    expected: Parameters<Replica<AnyEvent>['apply']>[1],
    outcome: EventOutcome = 'applied',
  ): Promise<boolean | 'failed'> {
    const { replica, parked, failures, count, logger } = this.deps;
    const { group, channel, sequence, storedAt } = parkedEvent;
    const origin: Origin = { group, channel, sequence, storedAt };
    const decoded = decodeEvent(parkedEvent.subject, parkedEvent);
    try {
      if (!decoded.ok) throw new Error(`a parked event cannot be read: ${decoded.message}`);
      const { event } = decoded;
      const wrote = await inSpan(
        () => processSpan(parkedEvent.subject, event, group),
        async (span) => {
          const written = await replica.apply(event, expected);
          if (written) tellOutcome({ logger, span }, origin, event, outcome);
          else span?.setAttribute(OUTCOME, 'seen');
          return written;
        },
      );
      // Not written, it is removed only if it was passed: a replica that was rebuilt still needs it.
      const have = wrote ? parkedEvent.version : await replica.versionOf(parkedEvent.aggregateId);
      if (decide(have, parkedEvent.version) === 'seen') this.remove(parkedEvent);
      if (wrote) count(parkedEvent.subject, outcome, event);
      return wrote;
    } catch (error) {
      const became = await failures.handle(origin, parkedEvent.payload, error);
      count(parkedEvent.subject, became);
      if (became === 'dead-lettered') this.remove(parkedEvent);
      else await parked.postpone(parkedEvent, this.deps.retryAfterMs);
      return 'failed';
    }
  }
}

function previous(version: number): number | undefined {
  return version === 0 ? undefined : version - 1;
}
