import type { Broker } from '@ticketing/common';

/** How many messages these channels hold. @throws as `Broker.extent` does */
export async function messagesHeld(broker: Broker, channels: readonly string[]): Promise<number> {
  const extents = await Promise.all(channels.map((channel) => broker.extent(channel)));
  return extents.reduce((sum, extent) => sum + (extent === 'empty' ? 0 : extent.held), 0);
}
