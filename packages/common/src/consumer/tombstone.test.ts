import { Types } from 'mongoose';
import { z } from 'zod';
import { racingConnection, type RacingUpserts, silentLogger } from '@ticketing/testing';
import type { Connection } from 'mongoose';
import { contracts, encodeEvent, type EventMeta, type Subject } from '../events/contracts';
import { defineEvent, objectId, version } from '../events/envelope';
import { newId, ticketEvent } from './consumer.test.helper';
import { Inbox } from './inbox';
import { replica, type ReplicaDocument, replicaReader } from './replica';

/** The last event of a thing: it has no state any more. */
const thingEnded = defineEvent('thing:ended', 'A thing is gone for good', { id: objectId, version });
const thingSaved = defineEvent('thing:saved', 'A thing was saved', {
  ...{ id: objectId, version },
  ...{ title: z.string(), price: z.number(), userId: z.string() },
});
const [ended, saved] = ['thing:ended' as Subject, 'thing:saved' as Subject];
Object.assign(contracts, { [ended]: thingEnded, [saved]: thingSaved });

const things = replica({
  subjects: [saved, ended],
  collection: 'things',
  state: (event, subject) => (subject === ended ? undefined : { title: (event as { title: string }).title }),
});

let connection: Connection;
let mongo: RacingUpserts;
let inbox: Inbox;
let id: string;
beforeAll(async () => {
  [connection, mongo] = await racingConnection();
  inbox = new Inbox({
    ...{ replica: things, documents: connection.collection<ReplicaDocument>('things') },
    ...{ databaseNow: () => Promise.resolve(new Date()), retryAfterMs: 1_000, logger: silentLogger() },
    failureHandler: { handle: () => Promise.resolve('failed') },
    count: () => undefined,
  });
});
beforeEach(() => {
  id = newId();
});
afterAll(() => mongo.close());

const stored = () => connection.collection('things').findOne({ _id: new Types.ObjectId(id) });
const read = () => replicaReader(connection, things).find(id);

function take(subject: Subject, n: number, meta: Partial<EventMeta> = {}) {
  const { meta: whole, ...state } = ticketEvent(id, n, meta);
  const event = { ...(subject === ended ? { id, version: n } : state), meta: whole } as never;
  const origin = { group: 'group', channel: subject, sequence: n + 1, storedAt: 1 };
  return inbox.take({ subject, event, origin, payload: encodeEvent(subject, event) });
}

test('a tombstone leaves the version and nothing of the state, and no reader sees it', async () => {
  await take(saved, 0);
  expect(await read()).toEqual({ _id: new Types.ObjectId(id), version: 0, title: 'title 0' });
  expect(await take(ended, 1)).toBe('applied');
  expect(await stored()).toEqual({ _id: new Types.ObjectId(id), version: 1, ended: true });
  expect(await read()).toBeNull();
  expect(await replicaReader(connection, things).all().toArray()).toEqual([]);
});

test('a late event counts as seen: a late version 0 brings nothing back', async () => {
  for (const n of [0, 1]) await take(saved, n);
  await take(ended, 2);
  for (const n of [0, 1]) expect(await take(saved, n)).toBe('seen');
  expect(await take(saved, 1, { snapshot: true })).toBe('seen');
  expect(await take(ended, 2)).toBe('seen');
  expect(await stored()).toEqual({ _id: new Types.ObjectId(id), version: 2, ended: true });
});

test.each([
  ['first', [3, 0, 1, 2]],
  ['in the middle', [0, 3, 2, 1]],
  ['last', [0, 2, 1, 3]],
])('a tombstone that comes %s is applied in its turn, by its own contract', async (_when, order) => {
  for (const n of order) await take(n === 3 ? ended : saved, n);
  const { parked = [], ...left } = (await stored()) as Record<string, unknown>;
  expect(left).toEqual({ _id: new Types.ObjectId(id), version: 3, ended: true });
  expect(parked).toEqual([]);
  expect(await read()).toBeNull();
});

test('a snapshot of what has ended is a tombstone, also where nothing was known of it', async () => {
  expect(await take(ended, 7, { snapshot: true })).toBe('applied');
  expect(await take(saved, 0)).toBe('seen');
  expect(await stored()).toEqual({ _id: new Types.ObjectId(id), version: 7, ended: true });
});

test('an owner that goes on after all is followed', async () => {
  await take(saved, 0);
  await take(ended, 1);
  await take(saved, 2);
  expect(await read()).toEqual({ _id: new Types.ObjectId(id), version: 2, title: 'title 2' });
});
