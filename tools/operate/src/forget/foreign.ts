import type { Owned } from '../audit/checks/check-stream';
import { differenceOf } from '../audit/checks/difference';
import type { StreamedEvent } from '../audit/report';

/**
 * The events of an aggregate that its owner did not publish, as far as that is certain.
 * @param events all of the aggregate, in the order of the stream
 * @param owner as it is now, read after the stream; undefined when nobody owns the aggregate
 */
export function foreignEvents(events: readonly StreamedEvent[], owner: Owned | undefined): readonly StreamedEvent[] {
  if (!owner) return events;
  return events.filter((event) => {
    // An owner saves a version before it publishes it.
    if (event.version > owner.state.version) return true;
    if (event.version === owner.state.version && differenceOf(event.state, owner.state)) return true;
    const others = events.filter((other) => other !== event && other.version === event.version);
    return others.some((other) => isInsteadOf(other, event));
  });
}

/** Services publish with `meta`, so of two states the one without it is foreign. Of one state told twice, the later one is. */
function isInsteadOf(other: StreamedEvent, event: StreamedEvent): boolean {
  if (other.eventId === undefined) return false;
  if (differenceOf(event.state, other.state)) return event.eventId === undefined;
  const recorded = [event, other].every(({ snapshot, eventId }) => !snapshot && eventId !== undefined);
  return recorded && event.eventId !== other.eventId && other.storedAt < event.storedAt;
}
