import { Types } from 'mongoose';
import { encodeEvent } from '../events/contracts';
import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, REDELIVERED_SOON, ticketEvent } from './consumer.test.helper';

const subject = 'ticket:updated';
let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const old = () => bench.connection.collection<{ _id: string }>('parked_events');

/** An event that a release before the inbox has parked. */
const parkedBefore = (id: string, version: number) => ({
  ...{ _id: `${bench.group}|${id}|${version}`, group: bench.group, channel: subject, sequence: 1_000 + version },
  ...{ storedAt: 1, subject, aggregateId: id, version },
  payload: encodeEvent(subject, ticketEvent(id, version)),
});

/** Parks like those releases, and acks. */
async function parkAsBefore(id: string, version: number): Promise<void> {
  const { _id, ...event } = parkedBefore(id, version);
  const filter = { _id, version: { $lt: 0 } };
  await old().updateOne(filter, { $set: event, $currentDate: { parkedAt: true } }, { upsert: true });
}

/** Applies version 0 like those releases: a version below 0 means "none yet". Any other document is a duplicate key. */
async function applyFirstAsBefore(id: string): Promise<void> {
  const { version, title, price } = ticketEvent(id, 0);
  const filter = { _id: new Types.ObjectId(id), version: { $lt: 0 } };
  const update = { $set: { version, title, price }, $push: { history: version } as object };
  await bench.replica.documents.updateOne(filter, update, { upsert: true });
}

test('a start takes over what an older release has parked, in whatever order, and leaves that of other groups', async () => {
  const [waiting, fits, passed] = [newId(), newId(), newId()];
  await bench.replica.write(fits, 0);
  for (const version of [0, 1, 2]) await bench.replica.write(passed, version);
  for (const id of [waiting, fits, passed]) for (const version of [2, 1]) await parkAsBefore(id, version);
  await old().insertOne({ _id: 'another-group|x|1' });
  await bench.consumer([inOrder(subject)], { settings: { sweepMs: 60_000 } });
  await waitFor(async () => (await old().countDocuments()) === 1);
  expect(await bench.parkedCount()).toBe(2);
  await bench.publish(subject, ticketEvent(waiting, 0));
  for (const id of [waiting, fits, passed]) {
    await bench.versionIs(id, 2);
    expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2]);
  }
  expect(await bench.count('dead-lettered')).toBe(0);
});

test('a start takes over everything, however many it leaves that have no listener', async () => {
  const unheard = Array.from({ length: 300 }, () => ({ ...parkedBefore(newId(), 1), subject: 'ticket:created' }));
  const heard = Array.from({ length: 20 }, () => parkedBefore(newId(), 1));
  await old().insertMany([...unheard, ...heard]);
  await bench.consumer([inOrder(subject)], { settings: { sweepMs: 60_000 } });
  await waitFor(async () => (await old().countDocuments()) === unheard.length);
  expect(await bench.parkedCount()).toBe(heard.length);
});

test('beside a member of an older release nothing is lost: what either parks, the other makes applicable', async () => {
  await bench.consumer([inOrder(subject)], { settings: REDELIVERED_SOON });
  const [parkedByOld, parkedByNew, both] = [newId(), newId(), newId()];
  await bench.publish(subject, ticketEvent(parkedByOld, 0), ticketEvent(parkedByNew, 1), ticketEvent(both, 3));
  await bench.parkedIs(2);
  await parkAsBefore(parkedByOld, 2);
  await parkAsBefore(both, 1);
  await bench.publish(subject, ticketEvent(parkedByOld, 1));
  await applyFirstAsBefore(parkedByNew); // like that release: it does not look at events parked here
  await applyFirstAsBefore(both);
  await bench.publish(subject, ticketEvent(both, 2));
  await bench.versionIs(parkedByOld, 2);
  await bench.versionIs(parkedByNew, 1);
  await bench.versionIs(both, 3);
  for (const id of [parkedByOld, both]) {
    const versions = id === both ? [0, 1, 2, 3] : [0, 1, 2];
    expect((await bench.replica.find(id))?.history).toEqual(versions);
  }
  await bench.parkedIs(0);
  await waitFor(async () => (await old().countDocuments()) === 0);
});
