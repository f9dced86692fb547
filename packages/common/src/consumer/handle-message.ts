import type { Span } from '@opentelemetry/api';
import { type AnyEvent, type Decoded, type Subject } from '../events/contracts';
import type { EventOutcome } from '../runtime/metrics';
import type { Logger } from '../runtime/logger';
import { messageFacts } from '../tracing/event-facts';
import { processSpan } from '../tracing/event-spans';
import { inSpan, markFailed } from '../tracing/tracing';
import type { ConsumerStores } from './consumer-stores';
import type { Inbox } from './inbox';
import type { AnyListener } from './listener';
import type { Origin } from './origin';
import { tellOutcome } from './tell-outcome';

export interface Handling {
  readonly origin: Origin;
  readonly payload: string;
  readonly decoded: Decoded<Subject>;
}

/**
 * Handles one delivered message and returns its outcome. After every outcome except 'failed' and 'postponed' the
 * message may be acked: it is applied, seen, parked, or stored as a dead letter.
 * @throws when MongoDB is unavailable; then nothing is counted and nothing is lost
 */
export type MessageHandler = (handling: Handling) => Promise<EventOutcome>;

/** A channel with its listener's handling. */
export interface HandledChannel {
  readonly listener: AnyListener;
  readonly handler: MessageHandler;
}

/** The handling of one listener: through the inbox of its replica, or else through its handler. */
export function messageHandler(
  listener: AnyListener,
  inbox: Inbox | undefined,
  { deadLetters, failureHandler }: ConsumerStores,
  logger: Logger,
): MessageHandler {
  const subject = listener.subject;
  const handleEvent = (event: AnyEvent, origin: Origin, payload: string): Promise<EventOutcome> =>
    inbox ? inbox.take({ subject, event, origin, payload }) : listener.handle(event);

  const handle = async (event: AnyEvent, origin: Origin, payload: string, span?: Span): Promise<EventOutcome> => {
    let outcome: EventOutcome;
    try {
      outcome = await handleEvent(event, origin, payload);
    } catch (error) {
      markFailed(span, error);
      outcome = await failureHandler.handle(origin, payload, error);
    }
    tellOutcome({ logger, span }, origin, event, outcome);
    return outcome;
  };

  return async ({ origin, payload, decoded }) => {
    if (!decoded.ok) {
      await deadLetters.put(origin, decoded.reason, decoded.message, 0, payload);
      const facts = { ...origin, ...messageFacts({ ...origin, payload }), reason: decoded.reason };
      logger.error(facts, 'a message can never be handled: it is kept as a dead letter');
      return 'dead-lettered';
    }
    const { event } = decoded;
    return inSpan(
      () => processSpan(subject, event, origin.group),
      (span) => handle(event, origin, payload, span),
    );
  };
}
