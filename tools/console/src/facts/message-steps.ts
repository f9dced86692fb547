import { decodeEvent, type Position, type StoredMessage, type Subject } from '@ticketing/common';
import { ownerOf } from '@ticketing/services';
import type { NewStep } from '../page/model/step';
import { without } from './line-step';

/** Whoever publishes what no service of this system owns. */
const OUTSIDE = 'outside';

/** What a stored message tells: when its event was saved, if it is one, and when it was published. */
export function messageSteps(subject: Subject, message: StoredMessage & Position): NewStep[] {
  const decoded = decodeEvent(subject, message);
  const { sequence, storedAt } = message;
  if (!decoded.ok) {
    return [
      { at: storedAt, kind: 'published', where: OUTSIDE, subject, sequence, note: `no event: ${decoded.message}` },
    ];
  }
  const { id: aggregateId, version, meta } = decoded.event;
  // No service of this system publishes an event without `meta`.
  const isPlain = !Object.hasOwn(JSON.parse(message.payload) as object, 'meta');
  const where = isPlain ? OUTSIDE : (ownerOf(subject) ?? OUTSIDE);
  const traceId = /^\w\w-([0-9a-f]{32})-/.exec(meta.traceparent ?? '')?.[1];
  const facts = { where, subject, aggregateId, version, eventId: meta.id, ...without({ traceId }) };
  const published: NewStep = { at: storedAt, kind: 'published', ...facts, sequence };
  if (where === OUTSIDE) return [published];
  const note = meta.snapshot ? { note: 're-emitted' } : {};
  return [{ at: Date.parse(meta.occurredAt), kind: 'saved', ...facts, ...note }, published];
}
