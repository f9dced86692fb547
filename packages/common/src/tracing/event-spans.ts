import type { AnyEvent, Subject } from '../events/contracts';
import type { SpanFacts } from './tracing';

// Names and attributes by the semantic conventions of messaging; those of this system begin with `ticketing`.
const common = (subject: string, { id, version, meta }: AnyEvent) => ({
  'messaging.system': 'nats_streaming',
  'messaging.destination.name': subject,
  'messaging.message.id': meta.id,
  'ticketing.aggregate.id': id,
  'ticketing.aggregate.version': version,
});

/** What became of an event, on the span of its being processed. */
export const OUTCOME = 'ticketing.event.outcome';

/** The span of an event on its way to the broker, in the trace that it was recorded in. */
export function publishSpan(subject: Subject, event: AnyEvent): SpanFacts {
  const operation = { 'messaging.operation.name': 'publish', 'messaging.operation.type': 'send' };
  const attributes = { ...common(subject, event), ...operation };
  return { name: `publish ${subject}`, kind: 'PRODUCER', parent: event.meta.traceparent, attributes };
}

/** The span of a queue group that handles an event, in the trace that the event was recorded in. */
export function processSpan(subject: Subject, event: AnyEvent, group: string): SpanFacts {
  const operation = { 'messaging.operation.name': 'process', 'messaging.operation.type': 'process' };
  const attributes = { ...common(subject, event), ...operation, 'messaging.consumer.group.name': group };
  return { name: `process ${subject}`, kind: 'CONSUMER', parent: event.meta.traceparent, attributes };
}
