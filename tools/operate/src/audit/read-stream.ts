import { type Bus, ChannelReader, contracts, decodeEvent, type Message, type Subject } from '@ticketing/common';
import { groupBy } from './group-by';
import type { StreamedEvent } from './report';

/** What the four channels hold. */
export interface Stream {
  /** By aggregate, in the order in which they were published; messages that are no events are left out. */
  readonly events: ReadonlyMap<string, readonly StreamedEvent[]>;
  /** Since when (ms since 1970, the server's clock) this channel has all that was recorded; Infinity when it has nothing. */
  beginOf(channel: Subject): number;
}

/**
 * Reads all messages of all channels into memory, as nobody's queue group: nothing stays on the server.
 * @throws NotConnectedError when there is no connection, or it is lost
 */
export async function readStream(bus: Bus, onRead?: (messages: number) => void): Promise<Stream> {
  let read = 0;
  const subjects = Object.keys(contracts) as Subject[];
  const channels = await Promise.all(
    subjects.map(async (subject) => [subject, await readChannel(bus, subject, () => onRead?.((read += 1)))] as const),
  );
  const events = channels.flatMap(([subject, messages]) => messages.flatMap((message) => eventsOf(subject, message)));
  const firstOf = new Map(channels.map(([subject, [first]]) => [subject, first]));
  const storeBegan = Math.min(...[...firstOf.values()].flatMap((first) => (first ? [first.storedAt] : [])));
  return {
    events: groupBy(
      events.toSorted((a, b) => a.storedAt - b.storedAt || a.sequence - b.sequence),
      ({ aggregateId }) => aggregateId,
    ),
    // A channel whose first message is not 1 has lost those before by its limits; otherwise it is as old as the store.
    beginOf: (channel) => {
      const first = firstOf.get(channel);
      return first && first.sequence > 1 ? first.storedAt : storeBegan;
    },
  };
}

/** In the order of their sequences. */
async function readChannel(bus: Bus, channel: Subject, onMessage: () => void): Promise<Message[]> {
  const messages = new Map<number, Message>();
  const handle = (message: Message) => {
    messages.set(message.sequence, message);
    onMessage();
  };
  const reader = new ChannelReader({ bus, channel, handle });
  try {
    await reader.caughtUp();
  } finally {
    await reader.close();
  }
  return [...messages.values()].sort((a, b) => a.sequence - b.sequence);
}

function eventsOf(subject: Subject, message: Message): StreamedEvent[] {
  const decoded = decodeEvent(subject, message);
  if (!decoded.ok) return []; // it cannot be applied by anybody: it is a dead letter of each consumer
  const { sequence, storedAt, payload } = message;
  const { meta, ...state } = decoded.event;
  return [
    {
      ...{ subject, sequence, storedAt, payload, state },
      ...{ aggregateId: state.id, version: state.version, eventId: hasMeta(payload) ? meta.id : undefined },
      ...{ occurredAt: Date.parse(meta.occurredAt), snapshot: meta.snapshot ?? false },
    },
  ];
}

/** Of a message that is an event. */
function hasMeta(payload: string): boolean {
  return Object.hasOwn(JSON.parse(payload) as object, 'meta');
}
