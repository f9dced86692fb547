import type { ParkedEvent } from './parked-events';

type Parked = Pick<ParkedEvent, 'aggregateId' | 'version'>;

/** At most so many parked events of its own does a process remember. */
const BOUND = 10_000;

/**
 * What this process knows to be parked for its group, so that it does not ask the database for it: what it parked itself, and
 * what the last sweep has read. What another member parked since is not here: that member keeps watch over it. While the
 * knowledge may have a hole (no sweep yet, a sweep that did not see all, too many of its own) anything may be parked.
 */
export class ParkedHere {
  private readonly own = new Map<string, Set<number>>();
  private swept = new Map<string, Set<number>>();
  private size = 0;
  private sweptAll = false;
  private missed = false;

  constructor(private readonly bound = BOUND) {}

  /** Call after the event was written and before the version is read again. */
  add({ aggregateId, version }: Parked): void {
    if (this.own.get(aggregateId)?.has(version)) return;
    if (this.size >= this.bound) {
      this.missed = true;
      return;
    }
    insert(this.own, aggregateId, version);
    this.size += 1;
  }

  /** It is not parked any more, or will be looked at by the sweep only. */
  forget({ aggregateId, version }: Parked): void {
    if (erase(this.own, aggregateId, version)) this.size -= 1;
    erase(this.swept, aggregateId, version);
  }

  /** Whether it is worth a look: false only when nobody parked it, or whoever did will look by itself. */
  mayBeParked(aggregateId: string, version: number): boolean {
    if (!this.sweptAll || this.missed) return true;
    return Boolean(this.own.get(aggregateId)?.has(version) || this.swept.get(aggregateId)?.has(version));
  }

  /** The versions of an aggregate that this process parked and that wait, as far as it knows. */
  ownVersions(aggregateId: string): readonly number[] {
    return [...(this.own.get(aggregateId) ?? [])];
  }

  /** Call before a sweep reads. Returns what is to be told the outcome: the events, and whether those are all. */
  sweeping(): (events: readonly Parked[], all: boolean) => void {
    this.sweptAll &&= !this.missed;
    this.missed = false;
    return (events, all) => {
      this.swept = new Map();
      for (const { aggregateId, version } of events) insert(this.swept, aggregateId, version);
      this.sweptAll = all;
    };
  }
}

function insert(versions: Map<string, Set<number>>, aggregateId: string, version: number): void {
  const known = versions.get(aggregateId);
  if (known) known.add(version);
  else versions.set(aggregateId, new Set([version]));
}

function erase(versions: Map<string, Set<number>>, aggregateId: string, version: number): boolean {
  const known = versions.get(aggregateId);
  if (!known?.delete(version)) return false;
  if (known.size === 0) versions.delete(aggregateId);
  return true;
}
