import type { Message as StanMessage, Stan, Subscription as StanSubscription } from 'node-nats-streaming';
import type { SubscriptionOptions } from '../port';
import { NoAnswerError, RefusedError } from './nats-errors';

/** How long the server may take to answer that a subscription or a client leaves (ms). */
export const LEAVE_WITHIN_MS = 1_000;

/** Subscribes with manual acks, from the first message on; a group durably. @throws what `settled` throws */
export async function openSubscription(
  stan: Stan,
  channel: string,
  { queueGroup, ackWaitMs, maxInFlight }: SubscriptionOptions,
  onMessage: (message: StanMessage) => void,
  withinMs: number,
): Promise<StanSubscription> {
  const how = stan
    .subscriptionOptions()
    .setDeliverAllAvailable()
    .setManualAckMode(true)
    .setAckWait(Math.ceil(ackWaitMs / 1_000) * 1_000) // the protocol has whole seconds only
    .setMaxInFlight(maxInFlight);
  const subscription =
    queueGroup === undefined
      ? stan.subscribe(channel, how)
      : stan.subscribe(channel, queueGroup, how.setDurableName(queueGroup));
  subscription.on('message', onMessage);
  subscription.on('error', () => undefined); // without a listener an 'error' event would end the process
  await settled(subscription, 'ready', withinMs);
  return subscription;
}

/** Ends a subscription and waits for the server's answer; a connection that is gone has ended it already. */
export async function endSubscription(subscription: StanSubscription, how: 'close' | 'unsubscribe'): Promise<void> {
  if (subscription.isClosed()) return;
  const ended = settled(subscription, how === 'close' ? 'closed' : 'unsubscribed', LEAVE_WITHIN_MS);
  subscription[how]();
  await ended.catch(() => undefined);
}

/**
 * Has a time limit of its own, because a connection that is closed forgets its requests and their time limits.
 * @throws NoAnswerError; RefusedError with what the server answered; NatsError when the connection is gone
 */
export function settled(
  subscription: StanSubscription,
  event: 'ready' | 'closed' | 'unsubscribed',
  withinMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    const noAnswer = () => failed(new NoAnswerError(`no "${event}" from NATS Streaming`));
    const timer = setTimeout(noAnswer, withinMs);
    subscription.once(event, () => {
      clearTimeout(timer);
      resolve();
    });
    // The client gives the server's words as a plain Error, and its own troubles as a NatsError.
    subscription.once('error', (error: Error) => {
      failed(error.name === 'Error' ? new RefusedError(error.message) : error);
    });
    subscription.once('timeout', noAnswer);
  });
}
