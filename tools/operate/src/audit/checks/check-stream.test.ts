import { randomUUID } from 'node:crypto';
import { checkStream, type Owned } from './check-stream';
import type { StreamedEvent } from '../report';

const id = 'a'.repeat(24);
const BEGAN = 1_000;

const stateOf = (version: number, title = `title ${version}`) => ({ id, version, title, price: 20, userId: 'alice' });

/** The owner, created at `createdAt`, is at this version. */
const owner = (version: number, createdAt = BEGAN + 1, pending: number[] = []): Owned => ({
  ...{ name: 'ticket', id, state: stateOf(version), createdAt, pending: new Set(pending) },
  channelOf: (of) => (of === 0 ? 'ticket:created' : 'ticket:updated'),
});

type Told = Partial<StreamedEvent> & { readonly version: number };

/** Of a version, recorded a while after the channels began; or with something else about it. */
function events(...told: readonly (number | Told)[]): StreamedEvent[] {
  return told.map((one, index) => {
    const { version, ...rest } = typeof one === 'number' ? { version: one } : one;
    const stored = { sequence: index + 1, storedAt: BEGAN + index, occurredAt: BEGAN + 10 + version, payload: '' };
    const event = { aggregateId: id, version, eventId: randomUUID(), snapshot: false, state: stateOf(version) };
    return { subject: version === 0 ? 'ticket:created' : 'ticket:updated', ...stored, ...event, ...rest };
  });
}

const check = (owned: Owned[], stream: StreamedEvent[], hiding?: string, began = BEGAN) =>
  checkStream(owned, stream.length > 0 ? new Map([[id, stream]]) : new Map(), {
    beginOf: () => began,
    hides: (channel) => channel === hiding,
  });

const snapshot = (version: number): Told => ({ version, snapshot: true });
const before = (version: number): Told => ({ version, occurredAt: BEGAN - 5 });
const same = { eventId: randomUUID() };
const plain = { eventId: undefined };

test.each<[string, Owned, StreamedEvent[]]>([
  ['each version once', owner(2), events(0, 1, 2)],
  ['in another order', owner(2), events(2, 0, 1)],
  ['the same event twice', owner(1), events(0, { version: 1, ...same }, { version: 1, ...same })],
  [
    'versions told twice by a publisher without meta',
    owner(1),
    events({ version: 0, ...plain }, { version: 1, ...plain }, { version: 0, ...plain }, { version: 1, ...plain }),
  ],
  ['a re-emission in between', owner(2), events(0, 1, snapshot(1), 2, snapshot(2), snapshot(2))],
  ['a version that only a snapshot tells', owner(2), events(0, 1, snapshot(2))],
  ['events that are in the outbox still', owner(3, BEGAN + 1, [2, 3]), events(0, 1)],
  ['a new store that was re-emitted to', owner(5, BEGAN - 9), events(snapshot(5))],
  ['a new store in which life goes on', owner(7, BEGAN - 9), events(snapshot(5), 6, 7)],
  ['a new store that got new events before the re-emission', owner(7, BEGAN - 9), events(6, 7, snapshot(7))],
  [
    'a new store, and an outbox that had given a later event to the old one',
    owner(8, BEGAN - 9),
    events(before(6), 8, snapshot(8)),
  ],
])('no disagreement: %s', (_name, owned, stream) => {
  expect(check([owned], stream)).toEqual([]);
});

const RE_EMIT = 'Re-emit tickets: node services/tickets/dist/re-emit.js (docs/runbook.md)';
const lost = `it is in no outbox either: lost, or hidden without a trace. ${RE_EMIT}`;
test.each<[string, Owned, StreamedEvent[], string]>([
  ['a hole', owner(2), events(0, 2), `the stream has no event of version 1, but of 2; ${lost}`],
  [
    'a hole that a snapshot jumps over',
    owner(3),
    events(0, snapshot(3)),
    `the stream has no event of version 1, 2, but of 3; ${lost}`,
  ],
  ['no first event', owner(1), events(1), `the stream has no event of version 0, but of 1; ${lost}`],
  [
    'no first event, but a snapshot',
    owner(1),
    events(snapshot(1)),
    `the stream has no event of version 0, but of 1; ${lost}`,
  ],
  [
    'a hole after a new store',
    owner(8, BEGAN - 9),
    events(snapshot(5), 6, 8),
    `the stream has no event of version 7, but of 8; ${lost}`,
  ],
  ['the last one is missing', owner(2), events(0, 1), `the stream ends at version 1, its owner is at 2; ${lost}`],
  ['nothing of it', owner(0), [], `the stream has no event of it, its owner is at 0; ${lost}`],
  [
    'a new store without re-emission',
    owner(6, BEGAN - 9),
    [],
    `the stream has no event of it, its owner is at 6; ${lost}`,
  ],
  ['an owner that lost a version', owner(1), events(0, 1, 2), 'the stream ends at version 2, its owner is at 1'],
  [
    'an owner that is not what it told',
    owner(1),
    events(0, { version: 1, state: stateOf(1, 'told') }),
    'its event of version 1 has title "told", not "title 1", which its owner has',
  ],
  [
    'two events of one version',
    owner(1),
    events(0, 1, 1),
    'version 1 is two events: ticket:updated 2 and ticket:updated 3',
  ],
  [
    'two states of a publisher without meta',
    owner(1),
    events(0, { version: 1, ...plain }, { version: 1, ...plain, state: stateOf(1, 'other') }),
    'version 1 has two states: ticket:updated 3 has title "other", not "title 1", as in ticket:updated 2',
  ],
  [
    'one event with two states',
    owner(1),
    events(0, { version: 1, ...same }, { version: 1, ...same, state: stateOf(1, 'other') }),
    'version 1 has two states: ticket:updated 3 has title "other", not "title 1", as in ticket:updated 2',
  ],
  [
    'a snapshot with another state',
    owner(1),
    events(0, 1, { ...snapshot(1), state: stateOf(1, 'other') }),
    'version 1 has two states: ticket:updated 3 has title "other", not "title 1", as in ticket:updated 2',
  ],
])('disagreement: %s', (_name, owned, stream, message) => {
  expect(check([owned], stream)).toEqual([{ kind: 'stream', aggregateId: id, message: `ticket ${id}: ${message}` }]);
});

test.each([
  ['in the middle', 3, events(0, 1, 3), 'the stream has no event of version 2, but of 3'],
  ['at the end', 3, events(0, 1, 2), 'the stream ends at version 2, its owner is at 3'],
])('hidden: a version that is missing %s, where its channel hides messages', (_where, version, stream, message) => {
  const hidden = `it is in no outbox either: hidden: ticket:updated hides messages. ${RE_EMIT}`;
  expect(check([owner(version)], stream, 'ticket:updated')).toEqual([
    { kind: 'hidden', aggregateId: id, message: `ticket ${id}: ${message}; ${hidden}` },
  ]);
  expect(check([owner(version)], stream, 'ticket:created')).toMatchObject([{ kind: 'stream' }]);
});

test('disagreement: events of an aggregate without an owner', () => {
  expect(check([], events(0, 1))).toMatchObject([
    { kind: 'stream', message: `the stream has events of ${id}, which nobody owns` },
  ]);
});
