import type { NewStep, Step } from '../page/model/step';

/** How many steps are kept. */
export const KEPT_STEPS = 5_000;

/**
 * The newest steps, in the order in which they became known. An event is saved and published once: what two sources
 * tell of that counts once.
 */
export class History {
  private steps: Step[] = [];
  private last = 0;
  /** Of the steps that are kept, and of some before. */
  private known = new Set<string>();
  private readonly versions = new Map<string, number>();
  private readonly listeners = new Set<(step: Step) => void>();

  add(step: NewStep): void {
    const key = keyOf(step);
    if (key !== undefined) {
      if (this.known.has(key)) return;
      this.known.add(key);
      if (this.known.size > 4 * KEPT_STEPS) this.known = new Set([...this.known].slice(-2 * KEPT_STEPS));
    }
    const note = step.note ?? this.waitsFor(step);
    const added: Step = { ...step, id: ++this.last, ...(note !== undefined && { note }) };
    this.steps.push(added);
    // In bulk: shifting each time would move all of them each time.
    if (this.steps.length > 1.2 * KEPT_STEPS) this.steps = this.steps.slice(-KEPT_STEPS);
    for (const listener of this.listeners) listener(added);
  }

  /** The steps after this one, oldest first. @param id 0: all that are kept */
  after(id: number): readonly Step[] {
    const kept = this.steps.slice(-KEPT_STEPS);
    return id <= 0 ? kept : kept.filter((step) => step.id > id);
  }

  /** Calls back for each step from now on. Returns a function that ends that. */
  onStep(listener: (step: Step) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Keeps the version that a place has reached, and says what a parked event waits for. */
  private waitsFor({ kind, where, aggregateId, version }: NewStep): string | undefined {
    if (aggregateId === undefined || version === undefined) return undefined;
    const place = `${where}|${aggregateId}`;
    if (kind === 'applied' || kind === 'skipped') {
      this.versions.delete(place); // so that the one that changed last is the last
      this.versions.set(place, version);
      const [oldest] = this.versions.keys();
      if (this.versions.size > KEPT_STEPS && oldest !== undefined) this.versions.delete(oldest);
    }
    if (kind !== 'parked') return undefined;
    const first = (this.versions.get(place) ?? -1) + 1;
    if (!this.versions.has(place) && version > 1) return 'waits for earlier versions';
    return first >= version - 1 ? `waits for version ${version - 1}` : `waits for versions ${first} to ${version - 1}`;
  }
}

function keyOf({ kind, eventId, where }: NewStep): string | undefined {
  if (eventId === undefined) return undefined;
  return kind === 'saved' || kind === 'published' ? `${kind}|${eventId}|${kind === 'saved' ? where : ''}` : undefined;
}
