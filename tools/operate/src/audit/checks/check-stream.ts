import type { Subject } from '@ticketing/common';
import { differenceOf } from './difference';
import {
  type Documents,
  type OrderDocument,
  publicOrder,
  publicRefusal,
  publicTicket,
  type RefusalDocument,
  type TicketDocument,
} from '../documents';
import { groupBy } from '../group-by';
import { RE_EMIT_OF } from './re-emit-of';
import type { AggregateState, Disagreement, StreamedEvent } from '../report';

/** An owned aggregate, and what the stream should have about it. */
export interface Owned {
  readonly name: string;
  readonly id: string;
  readonly state: AggregateState;
  /** ms since 1970. */
  readonly createdAt: number;
  /** The versions whose events are still in its outbox; the stream cannot have them. */
  readonly pending: ReadonlySet<number>;
  /** The channel of the events of this version. */
  readonly channelOf: (version: number) => Subject;
}

export function ownedBy({ tickets, orders, refusals }: Pick<Documents, 'tickets' | 'orders' | 'refusals'>): Owned[] {
  const common = ({ _id, createdAt, outbox = [] }: TicketDocument | OrderDocument | RefusalDocument) => ({
    id: String(_id),
    createdAt: createdAt.getTime(),
    pending: new Set(outbox.map(({ event }) => event.version)),
  });
  return [
    ...tickets.map((ticket): Owned => {
      const channelOf = (version: number) => (version === 0 ? 'ticket:created' : 'ticket:updated');
      return { ...common(ticket), name: 'ticket', state: publicTicket(ticket), channelOf };
    }),
    ...orders.map((order): Owned => {
      const end = order.status === 'complete' ? 'order:completed' : 'order:cancelled';
      const channelOf = (version: number) => (version === 0 ? 'order:created' : end);
      return { ...common(order), name: 'order', state: publicOrder(order), channelOf };
    }),
    ...refusals.map((refusal): Owned => {
      const channelOf = () => 'order:payment-refused' as const;
      return { ...common(refusal), name: 'refusal', state: publicRefusal(refusal), channelOf };
    }),
  ];
}

/** What is known of the channels besides their events. */
export interface Channels {
  /** Since when (ms) a channel has all that was recorded. */
  readonly beginOf: (channel: Subject) => number;
  /** Whether it hides messages: see `checkChannels`. */
  readonly hides: (channel: Subject) => boolean;
}

/**
 * The stream tells each version of each aggregate, one state for each, up to the version and state that its owner has.
 *
 * A channel that lost its beginning (a new store, or limits) need not have what was recorded before its beginning, and what
 * is told by a snapshot is told. So version n may be missing if it may have been recorded before that: if the version before
 * it that the stream has was, or, when the stream has none, if the aggregate was created before. For that the clocks of the
 * services must agree with that of NATS Streaming to within the time that it was down.
 */
export function checkStream(
  owned: readonly Owned[],
  events: ReadonlyMap<string, readonly StreamedEvent[]>,
  channels: Channels,
): readonly Disagreement[] {
  const ids = new Set(owned.map(({ id }) => id));
  const found = owned.flatMap((aggregate) => {
    const versions = groupBy(events.get(aggregate.id) ?? [], ({ version }) => version);
    const problems = [
      ...problemsOfEnd(aggregate, versions, channels),
      ...[...versions.values()].flatMap(problemsOfVersion),
      ...problemsOfHoles(aggregate, versions, channels),
    ];
    const { id: aggregateId, name } = aggregate;
    return problems.map(({ kind, message }) => ({ kind, aggregateId, message: `${name} ${aggregateId}: ${message}` }));
  });
  const stray = [...events.keys()].filter((id) => !ids.has(id));
  return [
    ...found,
    ...stray.map((aggregateId) => ({
      ...inStream(`the stream has events of ${aggregateId}, which nobody owns`),
      aggregateId,
    })),
  ];
}

type Problem = Pick<Disagreement, 'kind' | 'message'>;

const inStream = (message: string): Problem => ({ kind: 'stream', message });

/** A version that its owner has is neither in the stream nor in the outbox. */
function lacking(message: string, channel: Subject, { hides }: Channels): Problem {
  const [kind, how] = hides(channel)
    ? (['hidden', `hidden: ${channel} hides messages`] as const)
    : (['stream', 'lost, or hidden without a trace'] as const);
  return { kind, message: `${message}; it is in no outbox either: ${how}. ${RE_EMIT_OF[channel]}` };
}

type Versions = ReadonlyMap<number, readonly StreamedEvent[]>;

function problemsOfEnd({ state, pending, channelOf }: Owned, versions: Versions, channels: Channels): Problem[] {
  const known = [...versions.keys(), ...pending];
  const last = Math.max(-1, ...known);
  if (last !== state.version) {
    const stream = last < 0 ? 'the stream has no event of it' : `the stream ends at version ${last}`;
    const message = `${stream}, its owner is at ${state.version}`;
    return [last < state.version ? lacking(message, channelOf(last + 1), channels) : inStream(message)];
  }
  const told = versions.get(last)?.[0];
  const difference = told && differenceOf(told.state, state);
  return difference ? [inStream(`its event of version ${last} has ${difference}, which its owner has`)] : [];
}

/** The same event may be there twice, and a snapshot is a separate event, but all have one state. */
function problemsOfVersion(events: readonly StreamedEvent[]): Problem[] {
  const [first] = events;
  if (!first) return [];
  const where = (event: StreamedEvent) => `${event.subject} ${event.sequence}`;
  const other = events.find(({ state }) => differenceOf(state, first.state) !== undefined);
  if (other) {
    const difference = differenceOf(other.state, first.state);
    const states = `${where(other)} has ${difference}, as in ${where(first)}`;
    return [inStream(`version ${first.version} has two states: ${states}`)];
  }
  const recorded = events.filter(({ snapshot, eventId }) => !snapshot && eventId !== undefined);
  const second = recorded.find(({ eventId }) => eventId !== recorded[0]?.eventId);
  if (!second || !recorded[0]) return [];
  return [inStream(`version ${first.version} is two events: ${where(recorded[0])} and ${where(second)}`)];
}

function problemsOfHoles(aggregate: Owned, versions: Versions, channels: Channels): Problem[] {
  const last = Math.max(-1, ...versions.keys());
  const missing: number[] = [];
  for (let version = 0, since = aggregate.createdAt; version < last; version += 1) {
    const recorded = (versions.get(version) ?? []).map(({ occurredAt }) => occurredAt);
    if (recorded.length > 0) since = Math.min(...recorded);
    else if (!aggregate.pending.has(version) && since > channels.beginOf(aggregate.channelOf(version)))
      missing.push(version);
  }
  const [first] = missing;
  if (first === undefined) return [];
  const message = `the stream has no event of version ${missing.join(', ')}, but of ${last}`;
  return [lacking(message, aggregate.channelOf(first), channels)];
}
