import type { BareClient } from './bare-client';

/** How many are in flight at once. */
const ON_THEIR_WAY = 1_000;

/** Publishes the messages in their order, with 1,000 in flight; resolves when all are stored. */
export async function publishAll(client: BareClient, channel: string, payloads: readonly string[]): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    for (let payload = payloads[next++]; payload !== undefined; payload = payloads[next++]) {
      await client.publish(channel, payload);
    }
  };
  await Promise.all(Array.from({ length: ON_THEIR_WAY }, one));
}
