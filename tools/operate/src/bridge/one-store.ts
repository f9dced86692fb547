import type { Broker, Extent } from '@ticketing/common';

/**
 * Whether two brokers of one engine may be the same store, under two addresses. A bridge from a store to itself never
 * ends. The copy of a message is stored later than the message.
 */
export async function isOneStore(one: Broker, other: Broker, channels: readonly string[]): Promise<boolean> {
  const begins = (broker: Broker) =>
    Promise.all(channels.map(async (channel) => JSON.stringify(firstOf(await broker.extent(channel)))));
  const [ours, theirs] = await Promise.all([begins(one), begins(other)]);
  return ours.every((first, index) => first === theirs[index]);
}

function firstOf(extent: Extent | 'empty') {
  return extent === 'empty' ? extent : { sequence: extent.first.sequence, storedAt: extent.first.storedAt };
}
