import { isDeepStrictEqual } from 'node:util';
import { Types } from 'mongoose';
import { INBOX } from '../runtime/policies';
import { sleep } from '../runtime/retry';
import { waitFor } from '@ticketing/testing';
import { Bench, inboxOn, inOrder, newId, REDELIVERED_SOON, ticketEvent } from './consumer.test.helper';
import { type InboxDependencies, InboxFullError } from './inbox';
import type { ReplicaDocument } from './replica';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const subject = 'ticket:updated';

const member = (deps: Partial<InboxDependencies> = {}) => inboxOn(bench.connection, deps);

const parkedIn = async (id: string) =>
  (await bench.replica.documents.findOne({ _id: new Types.ObjectId(id) }))?.parked ?? [];

test('ten times maxInFlight successors ahead of every predecessor converge, and redelivery of each ends', async () => {
  const maxInFlight = 8;
  const ids = Array.from({ length: 10 * maxInFlight }, newId);
  for (const version of [2, 1]) await bench.publish(subject, ...ids.map((id) => ticketEvent(id, version)));
  await bench.publish(subject, ...ids.map((id) => ticketEvent(id, 0)));

  await bench.consumer([inOrder(subject)], { settings: { ...REDELIVERED_SOON, maxInFlight } });
  await waitFor(async () => (await bench.count('applied')) === 3 * ids.length, { timeoutMs: 40_000 });
  expect((await bench.replica.all()).map(({ history }) => history)).toEqual(ids.map(() => [0, 1, 2]));
  await bench.parkedIs(0);

  await waitFor(async () => {
    const before = await bench.outcomes();
    await sleep(2_500); // two ack waits and a half: what was not acked would be here again
    return isDeepStrictEqual(await bench.outcomes(), before);
  });
});

test('stale events and gaps of many interleaved aggregates touch only their own', async () => {
  await bench.consumer([inOrder(subject)]);
  const [stale, gapped, plain] = [newId(), newId(), newId()];
  await bench.publish(
    subject,
    ...[ticketEvent(stale, 0), ticketEvent(gapped, 0), ticketEvent(stale, 1), ticketEvent(plain, 0)],
    ...[ticketEvent(gapped, 2), ticketEvent(stale, 0), ticketEvent(plain, 1), ticketEvent(stale, 1)],
  );
  await waitFor(async () => (await bench.acked()) === 8);
  expect((await bench.replica.find(stale))?.history).toEqual([0, 1]);
  expect((await bench.replica.find(gapped))?.history).toEqual([0]);
  expect((await bench.replica.find(plain))?.history).toEqual([0, 1]);
  await bench.outcomesAre({ applied: 5, seen: 2, parked: 1 });
});

test('created and updated come by two channels and are one sequence', async () => {
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 2), ticketEvent(id, 1));
  await bench.consumer([inOrder(['ticket:created', subject])]);
  await waitFor(async () => (await bench.parkedCount()) === 2);
  await bench.publish('ticket:created', ticketEvent(id, 0));
  await bench.versionIs(id, 2);
  expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2]);
});

test('two listeners for one collection are refused: each would apply what the other parked', async () => {
  const both = [inOrder('ticket:created'), inOrder(subject)];
  await expect(bench.consumer(both)).rejects.toThrow('two of them have one collection');
});

test('a predecessor that another member applies between the look and the parking is noticed', async () => {
  const id = newId();
  const other = member();
  const take = member({ databaseNow: async () => (await other(id, 0), new Date()) });
  expect(await take(id, 1)).toBe('applied');
  expect((await bench.replica.find(id))?.history).toEqual([0, 1]);
  await bench.parkedIs(0);
});

test('an event parked while another member applies its predecessor is found by that member', async () => {
  const id = newId();
  const late = member();
  const take = member({
    replica: inOrder(subject, ({ version }) => (version === 0 ? late(id, 1) : undefined)), // before each write
  });
  expect(await take(id, 0)).toBe('applied');
  expect((await bench.replica.find(id))?.history).toEqual([0, 1]);
  await bench.parkedIs(0);
});

test('an event parked after the look is found, too', async () => {
  const id = newId();
  const late = member();
  await late(id, 2);
  let tries = 0;
  const replica = inOrder(subject, async ({ version }) => {
    if (version !== 0) return;
    tries += 1;
    if (tries === 2) await late(id, 1); // it has seen by now that version 2 is parked
  });
  const take = member({ replica });
  expect(await take(id, 0)).toBe('applied');
  expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2]);
  await bench.parkedIs(0);
});

test('one write applies an event and removes it: no crash leaves it parked after that', async () => {
  const id = newId();
  const { documents } = bench.replica;
  const writes = jest.spyOn(documents, 'findOneAndUpdate');
  const take = member({ documents });
  for (const version of [3, 1, 2, 0]) await take(id, version);
  const left = await Promise.all(writes.mock.results.map(({ value }) => value as Promise<ReplicaDocument | null>));
  expect(left.map((after) => [after?.version, after?.parked?.map(({ version }) => version)])).toEqual([
    [0, [1, 2, 3]],
    [1, [2, 3]],
    [2, [3]],
    [3, []],
  ]);
});

test('two members that take both events at the same moment end right every time', async () => {
  const [one, two] = [member(), member()];
  const ids = Array.from({ length: 100 }, newId);
  await Promise.all(ids.flatMap((id) => [one(id, 1), two(id, 0), two(id, 1), one(id, 2)]));
  const histories = (await bench.replica.all()).map(({ history }) => history.join());
  expect(histories).toEqual(ids.map(() => '0,1,2'));
  await bench.parkedIs(0);
});

test('a crash after the write and before the look at what is parked: the event comes again and goes on', async () => {
  const id = newId();
  const take = member();
  expect(await take(id, 1)).toBe('parked');
  expect(await take(id, 2)).toBe('parked');
  await bench.replica.write(id, 0); // and then the process died
  expect(await take(id, 0)).toBe('seen');
  expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2]);
  await bench.parkedIs(0);
});

test('a crash after the write and before the look at what is parked: the sweep goes on', async () => {
  const id = newId();
  const take = member();
  expect(await take(id, 1)).toBe('parked');
  expect(await take(id, 2)).toBe('parked');
  await bench.replica.write(id, 0);
  await bench.consumer([inOrder(subject)], { settings: REDELIVERED_SOON });
  await bench.versionIs(id, 2);
  await bench.parkedIs(0);
  expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2]);
});

test('what was passed by a write that removes nothing, as an older release writes, is removed by the sweep', async () => {
  const id = newId();
  const take = member();
  await take(id, 1);
  for (const version of [0, 1]) await bench.replica.write(id, version);
  await bench.consumer([inOrder(subject)], { settings: REDELIVERED_SOON });
  await bench.parkedIs(0);
  expect((await bench.replica.find(id))?.history).toEqual([0, 1]);
});

test('what was passed stays in a replica that is rebuilt at a lower version just before the removal', async () => {
  const id = newId();
  const { documents } = bench.replica;
  const take = member({ documents });
  await take(id, 2);
  await bench.replica.write(id, 2);
  const remove = documents.findOneAndUpdate.bind(documents) as (...args: unknown[]) => unknown;
  jest.spyOn(documents, 'findOneAndUpdate').mockImplementationOnce((async (...args: unknown[]) => {
    await documents.updateOne({ _id: new Types.ObjectId(id) }, { $set: { version: 0 } });
    return remove(...args);
  }) as never);
  expect(await take(id, 2)).toBe('seen');
  expect((await parkedIn(id)).map(({ version }) => version)).toEqual([2]);
});

test('a crash after the parking and before the ack: it is delivered again and parked once, as long as before', async () => {
  const id = newId();
  const take = member();
  await take(id, 1);
  const first = await parkedIn(id);
  await sleep(20);
  expect(await take(id, 1)).toBe('parked');
  expect(await parkedIn(id)).toEqual(first);
  expect(first).toHaveLength(1);
});

test('many members park the same event at the same moment, and it is parked once', async () => {
  const members = Array.from({ length: 8 }, () => member());
  const ids = Array.from({ length: 20 }, newId);
  const outcomes = await Promise.all(ids.flatMap((id) => members.map((take) => take(id, 3))));
  expect(new Set(outcomes)).toEqual(new Set(['parked']));
  expect(await bench.parkedCount()).toBe(ids.length);
});

test('a document holds a limited number: the rest come again, and are taken when there is room', async () => {
  const id = newId();
  const take = member();
  const early = Array.from({ length: INBOX.maxParked }, (_, n) => n + 2);
  await Promise.all(early.map((version) => take(id, version)));
  expect((await parkedIn(id)).map(({ version }) => version)).toEqual(early);
  await expect(take(id, INBOX.maxParked + 2)).rejects.toThrow(new InboxFullError(id));
  expect(await take(id, 2)).toBe('parked'); // one that waits already
  expect(await parkedIn(id)).toHaveLength(INBOX.maxParked);
  expect(await take(id, 0)).toBe('applied');
  expect(await take(id, 1)).toBe('applied');
  expect(await bench.replica.versionOf(id)).toBe(INBOX.maxParked + 1);
  await bench.parkedIs(0);
});

test('an event without room is not acked: it is counted, logged, and taken later', async () => {
  const id = newId();
  const take = member();
  for (let version = 2; version < INBOX.maxParked + 2; version += 1) await take(id, version);
  await bench.consumer([inOrder(subject)], { settings: REDELIVERED_SOON });
  await bench.publish(subject, ticketEvent(id, INBOX.maxParked + 2));
  await waitFor(async () => (await bench.count('postponed')) >= 1);
  expect(bench.lines.find(({ msg }) => msg.startsWith('a handler has to wait'))).toMatchObject({ aggregateId: id });
  await bench.publish(subject, ticketEvent(id, 0), ticketEvent(id, 1));
  await bench.versionIs(id, INBOX.maxParked + 2);
  expect((await bench.outcomes()).failed).toBeUndefined();
});

test('a parked event that the replica refuses becomes a dead letter, and its successor still comes in by patience', async () => {
  const id = newId();
  const replica = inOrder(subject, async ({ version }) => {
    if (version === 1 && (await bench.replica.versionOf(id)) === 0) throw new Error('not this one');
  });
  await bench.consumer([replica], { settings: { ...REDELIVERED_SOON, gapPatienceMs: 4_000 } });
  await bench.publish(subject, ticketEvent(id, 2), ticketEvent(id, 1), ticketEvent(id, 0));
  await bench.versionIs(id, 2);
  expect((await bench.replica.find(id))?.history).toEqual([0, 2]);
  const letters = await bench.connection.collection('dead_letters').find().toArray();
  const [, sequence] = await bench.sequences(subject);
  expect(letters).toMatchObject([{ reason: 'failed', attempts: 3, message: 'Error: not this one', sequence }]);
  await bench.outcomesAre({ parked: 2, applied: 1, failed: 2, 'dead-lettered': 1, skipped: 1 });
});

test('a document that never takes an event it should take is a failure, not an endless loop', async () => {
  const nothing = { updateOne: () => ({ matchedCount: 0, upsertedCount: 0 }), findOne: () => null };
  const take = member({ documents: nothing as unknown as InboxDependencies['documents'] });
  await expect(take(newId(), 0)).rejects.toThrow('the replica neither takes version 0 of');
});
