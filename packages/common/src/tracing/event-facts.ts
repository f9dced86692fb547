import { parseMessage, type StoredMessage } from '../events/stored-message';
import { parseTraceparent } from './traceparent';

/** The facts of an event in a log line, with the same names everywhere. Missing facts are left out. */
export interface EventFacts {
  readonly eventId?: string;
  readonly aggregateId?: string;
  readonly version?: number;
  readonly traceId?: string;
}

/** The facts of an event, or of something that claims to be one: a message can contain anything. */
export function eventFacts(event: unknown): EventFacts {
  const { id, version, meta } = fieldsOf(event);
  const { id: eventId, traceparent } = fieldsOf(meta);
  const traceId = parseTraceparent(traceparent)?.traceId;
  return {
    ...(typeof eventId === 'string' && { eventId }),
    ...(typeof id === 'string' && { aggregateId: id }),
    ...(typeof version === 'number' && { version }),
    ...(traceId !== undefined && { traceId }),
  };
}

/** The facts of a raw event; none when it is not JSON. */
export function messageFacts(message: StoredMessage): EventFacts {
  try {
    return eventFacts(parseMessage(message));
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
