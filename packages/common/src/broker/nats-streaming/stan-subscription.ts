import type { Message as StanMessage, Stan, Subscription as StanSubscription } from 'node-nats-streaming';
import { BROKER_WAITS } from '../../runtime/policies';
import type { ConsumeOptions } from '../port';
import { NoAnswerError, RefusedError } from '../errors';

export interface StanConsumeOptions extends Pick<ConsumeOptions, 'ackWaitMs' | 'maxInFlight'> {
  /** A durable queue group. Absent: a single subscription, which the server forgets when it ends. */
  readonly group?: string;
  /** The first sequence, if that exists. Absent: the first message. */
  readonly from?: number;
}

/** How long an answer is waited for. */
export interface Patience {
  readonly withinMs: number;
  /** Aborts when the client is finished: it then forgets its requests and their time limits. */
  readonly over: AbortSignal;
}

/** Subscribes with manual acks; resolves once the server has confirmed it. @throws what `answered` throws */
export async function openSubscription(
  stan: Stan,
  channel: string,
  { group, from, ackWaitMs, maxInFlight }: StanConsumeOptions,
  onMessage: (message: StanMessage) => void,
  patience: Patience,
): Promise<StanSubscription> {
  const how = stan
    .subscriptionOptions()
    .setDeliverAllAvailable()
    .setManualAckMode(true)
    .setAckWait(Math.ceil(ackWaitMs / 1_000) * 1_000) // the protocol has whole seconds only
    .setMaxInFlight(maxInFlight);
  if (from !== undefined) how.setStartAtSequence(from);
  const subscription =
    group === undefined ? stan.subscribe(channel, how) : stan.subscribe(channel, group, how.setDurableName(group));
  subscription.on('message', onMessage);
  subscription.on('error', () => undefined); // without a listener an 'error' event would end the process
  await answered(subscription, 'ready', patience);
  return subscription;
}

/**
 * Ends a subscription, whose position stays, and waits for the server's answer. A lost connection has ended it already.
 */
export async function closeSubscription(subscription: StanSubscription, over: AbortSignal): Promise<void> {
  if (subscription.isClosed()) return;
  const closed = answered(subscription, 'closed', { withinMs: BROKER_WAITS.leaveMs, over });
  subscription.close();
  await closed.catch(() => undefined);
}

/**
 * Resolves when the server has answered.
 * @throws NoAnswerError, at once when the client is finished; RefusedError with the server's answer; NatsError when the
 * connection is gone
 */
export function answered(
  subscription: StanSubscription,
  event: 'ready' | 'closed' | 'unsubscribed',
  { withinMs, over }: Patience,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settled = () => {
      clearTimeout(timer);
      over.removeEventListener('abort', noAnswer);
    };
    const failed = (error: Error) => {
      settled();
      reject(error);
    };
    const noAnswer = () => failed(new NoAnswerError(`no "${event}" from NATS Streaming`));
    const timer = setTimeout(noAnswer, withinMs);
    if (over.aborted) return noAnswer();
    over.addEventListener('abort', noAnswer);
    subscription.once(event, () => {
      settled();
      resolve();
    });
    // The client reports the server's answer as a plain Error, and its own problems as a NatsError.
    subscription.once('error', (error: Error) => {
      failed(error.name === 'Error' ? new RefusedError(error.message) : error);
    });
    subscription.once('timeout', noAnswer);
  });
}
