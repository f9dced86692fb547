import type { Message as StanMessage, Stan, Subscription as StanSubscription } from 'node-nats-streaming';
import { BROKER_WAITS } from '../../runtime/policies';
import { sleep } from '../../runtime/retry';
import type { Position } from '../port';
import { answered, closeSubscription, type Patience } from './stan-subscription';

export type Edge = 'oldest' | 'newest';

/**
 * The oldest or newest message of a channel, by a plain subscription that takes one message and closes; undefined when
 * the channel is empty. For an empty channel the server delivers nothing, and a server that hangs also delivers
 * nothing. So the server must answer once more after the silence. A server that answers, but delivers more than a
 * second late, looks like an empty channel.
 * @throws NoAnswerError when it does not answer in time, or its error when it refuses
 */
export async function channelEdge(
  stan: Stan,
  which: Edge,
  channel: string,
  patience: Patience,
): Promise<Position | undefined> {
  const subscriptions: StanSubscription[] = [];
  const places: Position[] = [];
  const spoken = new AbortController();
  const { over } = patience;
  const ask = () => {
    const options = stan.subscriptionOptions().setManualAckMode(true).setMaxInFlight(1);
    const from = which === 'oldest' ? options.setDeliverAllAvailable() : options.setStartWithLastReceived();
    const subscription = stan.subscribe(channel, from);
    subscriptions.push(subscription);
    subscription.on('error', () => undefined);
    subscription.once('message', (message: StanMessage) => {
      places.push({ sequence: message.getSequence(), storedAt: message.getTimestamp().getTime() });
      spoken.abort();
    });
    return answered(subscription, 'ready', patience);
  };
  try {
    await ask();
    if (places.length === 0)
      await sleep(BROKER_WAITS.silenceMs, AbortSignal.any([spoken.signal, over])).catch(() => undefined);
    if (places.length === 0) await ask();
    return places[0];
  } finally {
    await Promise.all(subscriptions.map((subscription) => closeSubscription(subscription, over)));
  }
}
