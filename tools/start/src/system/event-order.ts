import { ownerOf } from '@ticketing/services';

/** What this reads of the line of an event, which only has all of it when the event has. */
interface EventLine {
  readonly msg?: string;
  readonly channel?: Parameters<typeof ownerOf>[0];
  readonly eventId?: string;
  readonly aggregateId?: string;
}

interface Held {
  readonly id: string;
  readonly print: () => void;
  isLate: boolean;
}

/** How long (ms) the line of a handled event waits for the one that says that it was published. */
const PUBLISHED_WITHIN_MS = 500;
const REMEMBERED = 10_000;

/**
 * Puts the lines of all services into the order in which things happen to an event. A service learns that the broker has stored its event
 * when another one may have handled it already, and each has a pipe of its own, so "published" may come after "applied".
 */
export class EventOrder {
  private readonly published = new Set<string>();
  /** By aggregate, in the order in which they came, so that what is told of an aggregate keeps its order. */
  private readonly held = new Map<string, Held[]>();

  /** Prints the line now, or when its event is known to be published. @param print is called once, within 500 ms */
  take(line: string, print: () => void): void {
    const { msg, channel, eventId: id, aggregateId = '' } = eventIn(line);
    if (id === undefined) return print();
    if (msg === 'published') {
      print();
      this.published.add(id);
      const [oldest = id] = this.published;
      if (this.published.size > REMEMBERED) this.published.delete(oldest);
      return this.release(aggregateId);
    }
    const comesFromHere = channel !== undefined && ownerOf(channel) !== undefined;
    const held: Held = { id, print, isLate: !comesFromHere };
    this.held.set(aggregateId, [...(this.held.get(aggregateId) ?? []), held]);
    this.release(aggregateId);
    if (!this.held.get(aggregateId)?.includes(held)) return;
    setTimeout(() => {
      held.isLate = true;
      this.release(aggregateId);
    }, PUBLISHED_WITHIN_MS);
  }

  private release(aggregateId: string): void {
    const held = this.held.get(aggregateId) ?? [];
    const waits = held.findIndex(({ id, isLate }) => !isLate && !this.published.has(id));
    for (const { print } of waits < 0 ? held : held.slice(0, waits)) print();
    if (waits < 0) this.held.delete(aggregateId);
    else this.held.set(aggregateId, held.slice(waits));
  }
}

/** Nothing of a line that tells no event as published or handled. */
function eventIn(line: string): EventLine {
  if (!/"msg":"(published|handled an event)"/.test(line)) return {};
  try {
    return JSON.parse(line) as EventLine;
  } catch {
    return {};
  }
}
