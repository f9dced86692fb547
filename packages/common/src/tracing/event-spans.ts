import type { AnyEvent, Subject } from '../events/contracts';
import type { SpanFacts } from './tracing';

// Names and attributes follow the semantic conventions of messaging; attributes of this system begin with `ticketing`.
const common = (subject: string, { id, version, meta }: AnyEvent) => ({
  'messaging.system': 'nats_streaming',
  'messaging.destination.name': subject,
  'messaging.message.id': meta.id,
  'ticketing.aggregate.id': id,
  'ticketing.aggregate.version': version,
});

/** Sets the outcome of an event on the span that processes it. */
export const OUTCOME = 'ticketing.event.outcome';

/** The span of publishing an event, in the trace in which it was recorded. */
export function publishSpan(subject: Subject, event: AnyEvent): SpanFacts {
  const operation = { 'messaging.operation.name': 'publish', 'messaging.operation.type': 'send' };
  const attributes = { ...common(subject, event), ...operation };
  return { name: `publish ${subject}`, kind: 'PRODUCER', parent: event.meta.traceparent, attributes };
}

/** The span of a queue group that handles an event, in the trace in which the event was recorded. */
export function processSpan(subject: Subject, event: AnyEvent, group: string): SpanFacts {
  const operation = { 'messaging.operation.name': 'process', 'messaging.operation.type': 'process' };
  const attributes = { ...common(subject, event), ...operation, 'messaging.consumer.group.name': group };
  return { name: `process ${subject}`, kind: 'CONSUMER', parent: event.meta.traceparent, attributes };
}
