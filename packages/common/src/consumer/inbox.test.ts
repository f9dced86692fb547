import { type Connection, Types } from 'mongoose';
import { type RacingUpserts, racingConnection } from '@ticketing/testing';
import { Copies, inboxOn, newId } from './consumer.test.helper';
import { InboxFullError } from './inbox';

let connection: Connection;
let mongo: RacingUpserts;
let copies: Copies;
let take: ReturnType<typeof inboxOn>;
let id: string;

beforeAll(async () => {
  [connection, mongo] = await racingConnection();
  copies = new Copies(connection);
  take = inboxOn(connection);
});
beforeEach(() => {
  id = newId();
});
afterAll(() => mongo.close());

const SNAPSHOT = { snapshot: true };
const stored = () => copies.documents.findOne({ _id: new Types.ObjectId(id) });
const parked = async () => (await stored())?.parked?.map(({ version }) => version);

/** Puts the replica at this version; at -1 with a placeholder that has version 9 parked; or without the aggregate. */
async function at(version: number | undefined): Promise<void> {
  if (version === -1) await take(id, 9);
  else if (version !== undefined) await take(id, version, SNAPSHOT);
  expect((await stored())?.version).toBe(version);
}

test.each<[number | undefined, string, number, object, string, number]>([
  [undefined, 'the first', 0, {}, 'applied', 0],
  [-1, 'the first', 0, {}, 'applied', 0],
  [0, 'the first', 0, {}, 'seen', 0],
  [3, 'the first', 0, {}, 'seen', 3],
  [0, 'the next', 1, {}, 'applied', 1],
  [1, 'the same', 1, {}, 'seen', 1],
  [undefined, 'the second', 1, {}, 'parked', -1],
  [-1, 'the second', 1, {}, 'parked', -1],
  [0, 'a later one', 2, {}, 'parked', 0],
  [undefined, 'a snapshot', 5, SNAPSHOT, 'applied', 5],
  [-1, 'a snapshot', 5, SNAPSHOT, 'applied', 5],
  [0, 'a snapshot', 5, SNAPSHOT, 'applied', 5],
  [4, 'a snapshot', 5, SNAPSHOT, 'applied', 5],
  [5, 'a snapshot', 5, SNAPSHOT, 'seen', 5],
  [6, 'a snapshot', 5, SNAPSHOT, 'seen', 6],
])('at version %p, %s is version %i', async (have, _name, version, meta, outcome, then) => {
  await at(have);
  const before = await stored();
  expect(await take(id, version, meta)).toBe(outcome);
  const after = await stored();
  expect(after?.version).toBe(then);
  if (outcome === 'applied') expect(after).toMatchObject({ title: `title ${version}`, price: 10 * version });
  if (outcome === 'seen') expect(after).toEqual(before);
  if (outcome === 'parked') expect(await parked()).toContain(version);
});

test.each<[string, number | undefined, number, object]>([
  ['the first version', undefined, 0, {}],
  ['the first version over a placeholder', -1, 0, {}],
  ['the next version', 0, 1, {}],
  ['a snapshot of what is not there', undefined, 4, SNAPSHOT],
  ['a snapshot of what is there', 1, 4, SNAPSHOT],
])('of 20 that take %s at the same time one writes', async (_name, have, version, meta) => {
  await at(have);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => take(id, version, meta)));
  expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
  expect((await copies.find(id))?.history.filter((written) => written === version)).toHaveLength(1);
});

test.each([undefined, -1, 0])(
  'at version %p, snapshots of ten versions at once end at the highest, in any order',
  async (have) => {
    const before = mongo.lost();
    for (let rounds = 0; rounds === 0 || (have === undefined && rounds < 50 && mongo.lost() === before); rounds += 1) {
      id = newId();
      await at(have);
      await Promise.all([7, 3, 10, 1, 9, 2, 8, 5, 6, 4].map((version) => take(id, version, SNAPSHOT)));
      expect(await stored()).toMatchObject({ version: 10, title: 'title 10' });
    }
    if (have === undefined) expect(mongo.lost()).toBeGreaterThan(before);
  },
);

test('an event that two park at once is parked once, with all that is known of it', async () => {
  const before = mongo.lost();
  const from = { group: 'group', channel: 'ticket:updated', sequence: 5, storedAt: 1 };
  const event = expect.stringContaining('"title":"title 4"') as string;
  // Two that come one after the other do not race: again, until they do.
  for (let rounds = 0; rounds < 50 && mongo.lost() === before; rounds += 1) {
    id = newId();
    expect(await Promise.all([take(id, 4), take(id, 4)])).toEqual(['parked', 'parked']);
    expect(await stored()).toEqual({
      ...{ _id: new Types.ObjectId(id), version: -1 },
      parked: [{ version: 4, event, at: expect.any(Date), from }],
    });
  }
  expect(mongo.lost()).toBeGreaterThan(before);
});

test('where upserts race, an early event and the first one do not miss each other', async () => {
  for (let rounds = 0; rounds < 20; rounds += 1) {
    id = newId();
    await Promise.all([take(id, 2), take(id, 0), take(id, 1)]);
    expect((await copies.find(id))?.history).toEqual([0, 1, 2]);
    expect((await parked()) ?? []).toEqual([]);
  }
});

test('a document holds few large events: it stays far below the 16 MB that MongoDB allows', async () => {
  const large = (version: number) => take(id, version, {}, 2 ** 20);
  for (let version = 1; version <= 8; version += 1) expect(await large(version)).toBe('parked');
  await expect(large(9)).rejects.toThrow(InboxFullError);
  expect(await parked()).toHaveLength(8);
  expect(await take(id, 0)).toBe('applied');
  expect(await large(9)).toBe('applied');
  expect(await parked()).toEqual([]);
});
