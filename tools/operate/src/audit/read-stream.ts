import {
  type Broker,
  contracts,
  decodeEvent,
  type Position,
  type StateOf,
  type StoredMessage,
  type Subject,
  UndeliveredError,
} from '@ticketing/common';
import type { Forgotten } from '../forget/forgotten';
import { groupBy } from './group-by';
import type { StreamedEvent } from './report';

/** What the channels hold. */
export interface Stream {
  /** By aggregate, in the order in which they were published; messages that are no events are left out. */
  readonly events: ReadonlyMap<string, readonly StreamedEvent[]>;
  /** The payments that were taken, which no audited service owns: they are in `events` of nobody. */
  readonly payments: readonly PaymentEvent[];
  /**
   * The time (ms since 1970, the server's clock) from which on this channel has every event; Infinity when it has
   * nothing.
   */
  beginOf(channel: Subject): number;
  /** The channels with holes or repetitions in their sequences. */
  readonly broken: readonly BrokenChannel[];
}

export type PaymentEvent = StreamedEvent & { readonly state: StateOf<'payment:created'> };

/** What a full read of a channel had twice or not at all. */
export interface BrokenChannel {
  readonly channel: Subject;
  /** Sequences that came as two messages. */
  readonly twice: readonly number[];
  /** Sequences within the channel that did not come. */
  readonly missing: readonly Range[];
  readonly first: number;
  readonly last: number;
}

/** Of sequences; both are included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads all messages of all channels into memory, without a queue group, so nothing stays on the server. The events that an
 * operator has forgotten are left out.
 * @throws NotConnectedError when there is no connection, or it is lost
 */
export async function readStream(
  broker: Broker,
  onRead: ((messages: number) => void) | undefined,
  forgotten: Forgotten,
): Promise<Stream> {
  let read = 0;
  const subjects = Object.keys(contracts) as Subject[];
  const channels = await Promise.all(
    subjects.map(
      async (subject) => [subject, await readChannel(broker, subject, () => onRead?.((read += 1)))] as const,
    ),
  );
  const events = channels
    .flatMap(([subject, { messages }]) =>
      messages.filter((one) => !forgotten.has(subject, one)).flatMap((one) => eventsOf(subject, one)),
    )
    .toSorted((a, b) => a.storedAt - b.storedAt || a.sequence - b.sequence);
  const firstOf = new Map(channels.map(([subject, { messages }]) => [subject, messages[0]]));
  const storeBegan = Math.min(...[...firstOf.values()].flatMap((first) => (first ? [first.storedAt] : [])));
  return {
    events: groupBy(
      events.filter((event) => !isPayment(event)),
      ({ aggregateId }) => aggregateId,
    ),
    payments: events.filter(isPayment),
    // A channel that has lost its beginning is as old as its first message; otherwise as old as the store.
    beginOf: (channel) => {
      const first = firstOf.get(channel);
      return first && broker.lossBetween(undefined, first) ? first.storedAt : storeBegan;
    },
    broken: channels.flatMap(([channel, read]) => brokenOf(broker, channel, read)),
  };
}

function isPayment(event: StreamedEvent): event is PaymentEvent {
  return event.subject === 'payment:created';
}

type Read = StoredMessage & Position;

interface ReadChannel {
  /** In the order of their sequences; two that came as one sequence are both here. */
  readonly messages: readonly Read[];
  /** Messages that the server has after them and does not deliver. */
  readonly undelivered: readonly Range[];
}

async function readChannel(broker: Broker, channel: Subject, onMessage: () => void): Promise<ReadChannel> {
  const messages: Read[] = [];
  const undelivered: Range[] = [];
  try {
    for await (const message of broker.readAll(channel)) {
      messages.push(message);
      onMessage();
    }
  } catch (error) {
    if (!(error instanceof UndeliveredError)) throw error;
    undelivered.push({ from: error.from, to: error.to });
  }
  return { messages: messages.sort((a, b) => a.sequence - b.sequence || a.storedAt - b.storedAt), undelivered };
}

function brokenOf(broker: Broker, channel: Subject, { messages, undelivered }: ReadChannel): BrokenChannel[] {
  const losses = messages.slice(1).flatMap((message, index) => broker.lossBetween(messages[index], message) ?? []);
  const twice = losses.flatMap(({ kind, offered }) => (kind === 'twice' ? [offered.sequence] : []));
  const holes = losses.flatMap((loss) => (loss.kind === 'lost' ? [{ from: loss.from, to: loss.to }] : []));
  const missing = [...holes, ...undelivered];
  if (twice.length + missing.length === 0) return [];
  const [first = 1, last = 0] = [messages[0]?.sequence, undelivered[0]?.to ?? messages.at(-1)?.sequence];
  return [{ channel, twice: [...new Set(twice)], missing, first, last }];
}

function eventsOf(subject: Subject, message: Read): StreamedEvent[] {
  const decoded = decodeEvent(subject, message);
  if (!decoded.ok) return []; // no consumer can apply it: each makes it a dead letter
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
