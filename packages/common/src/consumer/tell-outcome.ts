import type { Span } from '@opentelemetry/api';
import type { AnyEvent, Subject } from '../events/contracts';
import type { Logger } from '../runtime/logger';
import { eventFacts } from '../tracing/event-facts';
import { OUTCOME } from '../tracing/event-spans';
import type { EventOutcome } from '../runtime/metrics';
import type { Origin } from './origin';

/** What becomes of an event that a replica takes. */
export type Taken = 'applied' | 'seen' | 'parked';

/** Counts the outcome of an event, and its lag if it was just applied. */
export type Count = (subject: Subject, outcome: EventOutcome, event?: AnyEvent) => void;

/** Records the outcome of an event in its span, and in a log line at debug. */
export function tellOutcome(
  { logger, span }: { readonly logger: Logger; readonly span: Span | undefined },
  origin: Origin,
  event: AnyEvent,
  outcome: EventOutcome,
): void {
  span?.setAttribute(OUTCOME, outcome);
  if (logger.isLevelEnabled('debug')) logger.debug({ ...origin, ...eventFacts(event), outcome }, 'handled an event');
}
