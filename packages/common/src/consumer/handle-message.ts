import type { Span } from '@opentelemetry/api';
import { type AnyEvent, type Decoded, type Subject } from '../events/contracts';
import type { EventOutcome } from '../runtime/metrics';
import type { Logger } from '../runtime/logger';
import { messageFacts } from '../tracing/event-facts';
import { processSpan } from '../tracing/event-spans';
import { inSpan, markFailed } from '../tracing/tracing';
import type { ConsumerStores } from './consumer-stores';
import type { Inbox } from './inbox';
import type { AnyListener, Attempt } from './listener';
import type { Origin } from './origin';
import { tellOutcome } from './tell-outcome';
import { LONGEST_PAUSE } from '../runtime/policies';

export interface Handling {
  readonly origin: Origin;
  readonly payload: string;
  readonly decoded: Decoded<Subject>;
}

/** What became of a message. After every outcome except 'failed' and 'postponed' it may be acked. */
export interface Handled {
  readonly outcome: EventOutcome;
  /** After 'failed' and 'postponed': the pause (ms) before it is tried again. */
  readonly retryAfterMs: number;
}

/**
 * Handles one delivered message: afterwards it is applied, seen, parked, stored as a dead letter, or to be tried again.
 * @throws when MongoDB is unavailable; then nothing is counted and nothing is lost
 */
export type MessageHandler = (handling: Handling) => Promise<Handled>;

/** A channel with its listener's handling. */
export interface HandledChannel {
  readonly listener: AnyListener;
  readonly handler: MessageHandler;
}

/** The pause (ms) after so many failures: an ack wait, twice as long after each one more, up to a bound. */
function pauseAfter(failures: number, ackWaitMs: number): number {
  return ackWaitMs * Math.min(2 ** Math.max(failures - 1, 0), LONGEST_PAUSE);
}

/** The handling of one listener: through the inbox of its replica, or else through its handler. */
export function messageHandler(
  listener: AnyListener,
  inbox: Inbox | undefined,
  { deadLetters, failures, failureHandler }: ConsumerStores,
  { logger, ackWaitMs }: { readonly logger: Logger; readonly ackWaitMs: number },
): MessageHandler {
  const subject = listener.subject;
  const attempt = (event: AnyEvent, origin: Origin): Attempt => ({
    id: event.meta.id,
    number: async () => 1 + (await failures.count(origin)),
  });

  const handle = async (event: AnyEvent, origin: Origin, payload: string, span?: Span): Promise<Handled> => {
    const tell = (outcome: EventOutcome) => tellOutcome({ logger, span }, origin, event, outcome);
    let outcome: EventOutcome;
    let retryAfterMs = ackWaitMs;
    try {
      if (inbox) return { outcome: await inbox.take({ subject, event, origin, payload }, tell), retryAfterMs };
      outcome = await listener.handle(event, attempt(event, origin));
    } catch (error) {
      markFailed(span, error);
      outcome = await failureHandler.handle(origin, payload, error);
      // The patience of a replica with a gap is a number of ack waits: there the pauses do not grow.
      if (outcome === 'failed' && !inbox) retryAfterMs = pauseAfter(await failures.count(origin), ackWaitMs);
    }
    tell(outcome);
    return { outcome, retryAfterMs };
  };

  return async ({ origin, payload, decoded }) => {
    if (!decoded.ok) {
      await deadLetters.put(origin, decoded.reason, decoded.message, 0, payload);
      const facts = { ...origin, ...messageFacts({ ...origin, payload }), reason: decoded.reason };
      logger.error(facts, 'a message can never be handled: it is kept as a dead letter');
      return { outcome: 'dead-lettered', retryAfterMs: 0 };
    }
    const { event } = decoded;
    return inSpan(
      () => processSpan(subject, event, origin.group),
      (span) => handle(event, origin, payload, span),
    );
  };
}
