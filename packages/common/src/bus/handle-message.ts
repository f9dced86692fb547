import { type AnyEvent, type Decoded, decodeEvent, type Subject } from '../events/contracts';
import type { InOrder, Outcome } from './apply-in-order';
import type { ConsumerStores } from './consumer-stores';
import type { AnyListener } from './listener';
import type { Origin } from './origin';

export interface Handling {
  readonly origin: Origin;
  readonly payload: string;
  readonly decoded: Decoded<Subject>;
}

/**
 * Takes one message from "delivered" to an outcome. Every outcome but 'failed' means that the message is settled and may be
 * acked: it is applied, seen, parked, or kept as a dead letter.
 * @throws when something is unavailable that is not the message's fault (MongoDB, an outbox that is full); then nothing is
 * counted and nothing is lost
 */
export type MessageHandler = (handling: Handling) => Promise<Outcome>;

/** The handling of one listener: through the replica when it is in order, else through its handler. */
export function messageHandler(
  listener: AnyListener,
  inOrder: InOrder | undefined,
  { deadLetters, failures }: ConsumerStores,
): MessageHandler {
  const subject = listener.subject;
  const handleEvent = (event: AnyEvent, origin: Origin, payload: string): Promise<Outcome> =>
    inOrder ? inOrder.apply({ subject, event, origin, payload }) : listener.handle(event);

  return async ({ origin, payload, decoded }) => {
    if (!decoded.ok) {
      await deadLetters.put(origin, decoded.reason, decoded.message, 0, payload);
      return 'dead-lettered';
    }
    try {
      return await handleEvent(decoded.event, origin, payload);
    } catch (error) {
      return failures.handle(origin, payload, error);
    }
  };
}

/** Decodes and handles a message that is not on the wire any more, such as a dead letter that is redriven. */
export function handleAgain(
  handler: MessageHandler,
  subject: Subject,
  origin: Origin,
  payload: string,
): Promise<Outcome> {
  return handler({ origin, payload, decoded: decodeEvent(subject, payload) });
}
