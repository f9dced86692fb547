import { createBroker, decodeEvent, type EventOf, type Subject } from '@ticketing/common';
import { testEngine } from '@ticketing/servers';
import { silentLogger, uniqueName, waitFor } from '@ticketing/testing';

/** A plain subscriber of one channel, in a group of its own. */
export interface ChannelWatch<S extends Subject> {
  /** Every message that the channel has had, in order; two that carry the same event are both here. */
  events(): EventOf<S>[];
  /** Whether the channel has had any message, by what the server says. */
  isEmpty(): Promise<boolean>;
  close(): Promise<void>;
}

/** Resolves when it is connected. */
export async function watchChannel<S extends Subject>(natsUrl: string, subject: S): Promise<ChannelWatch<S>> {
  const broker = createBroker({
    engine: testEngine(),
    url: natsUrl,
    clusterId: 'ticketing',
    clientIdPrefix: 'watch',
    channelPrefix: '',
    logger: silentLogger(),
  });
  const bySequence = new Map<number, EventOf<S>>();
  const options = { group: uniqueName(), ackWaitMs: 2_000, maxInFlight: 10_000 };
  broker.consume(subject, options, (message) => {
    const decoded = decodeEvent(subject, message);
    if (decoded.ok) bySequence.set(message.sequence, decoded.event);
    message.ack();
  });
  await waitFor(() => broker.isConnected(), { what: 'a connection to the broker' });
  return {
    events: () => [...bySequence].sort(([a], [b]) => a - b).map(([, event]) => event),
    isEmpty: async () => (await broker.extent(subject)) === 'empty',
    close: () => broker.close(),
  };
}
