import type { Stan } from 'node-nats-streaming';

/** How many are in flight at once. */
const ON_THEIR_WAY = 1_000;

/** Resolves when the broker has stored the message. */
export function publishAcked(stan: Stan, channel: string, payload: string): Promise<void> {
  return new Promise((resolve, reject) =>
    stan.publish(channel, payload, (error) => (error ? reject(error) : resolve())),
  );
}

/** Publishes the messages in their order, with 1,000 in flight; resolves when all are stored. */
export async function publishAll(stan: Stan, channel: string, payloads: readonly string[]): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    for (let payload = payloads[next++]; payload !== undefined; payload = payloads[next++]) {
      await publishAcked(stan, channel, payload);
    }
  };
  // The client writes a message to its socket when `publish` is called, so that the order is that of the calls.
  await Promise.all(Array.from({ length: ON_THEIR_WAY }, one));
}
