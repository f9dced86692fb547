import type { Message as StanMessage, Stan, Subscription as StanSubscription } from 'node-nats-streaming';
import { sleep } from '../../runtime/retry';
import type { Position } from '../port';
import { closeSubscription, settled } from './stan-subscription';

/** A channel that says nothing for so long (ms) is empty, if the server still answers then. */
const SILENCE_MS = 1_000;

export type Edge = 'oldest' | 'newest';

/**
 * The oldest or newest message of a channel, by a plain subscription that takes one message and closes; undefined when the
 * channel is empty. The server never says "empty", it delivers nothing; a server that hangs does so, too. So it must answer
 * once more after the silence. A server that answers, and is more than a second late with what it has, cannot be told apart.
 * @throws NoAnswerError when it does not answer within `withinMs`, or what it said when it refuses
 */
export async function channelEdge(
  stan: Stan,
  which: Edge,
  channel: string,
  withinMs: number,
): Promise<Position | undefined> {
  const subscriptions: StanSubscription[] = [];
  const places: Position[] = [];
  const spoken = new AbortController();
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
    return settled(subscription, 'ready', withinMs);
  };
  try {
    await ask();
    if (places.length === 0) await sleep(SILENCE_MS, spoken.signal).catch(() => undefined);
    if (places.length === 0) await ask();
    return places[0];
  } finally {
    await Promise.all(subscriptions.map((subscription) => closeSubscription(subscription)));
  }
}
