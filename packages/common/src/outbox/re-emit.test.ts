import { sleep } from '../runtime/retry';
import { silentLogger, waitFor, TestBed } from '@ticketing/testing';
import { createPublisher, type Publisher } from './publisher';
import { type Owner, newThing, pendingCount, startOwner, stored, thingState } from './owner.test.helper';
import { reEmit } from './re-emit';
import { updateAggregate } from './update-aggregate';

let bed: TestBed;
let owner: Owner;
let publisher: Publisher;
beforeEach(async () => {
  bed = await TestBed.open();
  owner = await startOwner({ databaseUri: bed.databaseUri, channelPrefix: bed.channelPrefix });
  publisher = createPublisher(owner.broker, owner.metrics, silentLogger());
});
afterEach(async () => {
  await owner.close();
  await bed.close();
});

const emit = (since?: Date) =>
  reEmit({ model: owner.model, publisher, subject: () => 'ticket:updated', state: thingState, since });

const snapshots = () => bed.events('ticket:updated').filter(({ meta }) => meta.snapshot);

test('all aggregates, over pages, are published as snapshots of their present version, and nothing is saved', async () => {
  const things = Array.from({ length: 450 }, (_, at) => newThing(owner.model, `thing ${at}`));
  await Promise.all(things.map((thing) => thing.save()));
  const edited = things[0]?._id;
  await updateAggregate(owner.model, String(edited), (found) => {
    found.title = 'edited';
    return 'ticket:updated';
  });
  await waitFor(async () => (await pendingCount(owner.model)) === 0);
  const before = await owner.model.collection.find().sort({ _id: 1 }).toArray();

  snapshots();
  expect(await emit()).toBe(450);
  await waitFor(() => snapshots().length === 450);
  const sent = snapshots();
  expect(new Set(sent.map(({ id }) => id))).toEqual(new Set(things.map(({ _id }) => String(_id))));
  expect(new Set(sent.map(({ meta }) => meta.id)).size).toBe(450);
  expect(sent.find(({ id }) => id === String(edited))).toMatchObject({ version: 1, title: 'edited' });
  expect(sent.filter(({ version }) => version === 0)).toHaveLength(449);
  expect(await owner.model.collection.find().sort({ _id: 1 }).toArray()).toEqual(before);
});

test('since a time, only what changed at or after it is published', async () => {
  const [old, edited] = [newThing(owner.model, 'old'), newThing(owner.model, 'edited')];
  await Promise.all([old.save(), edited.save()]);
  await sleep(20);
  const since = new Date();
  await updateAggregate(owner.model, edited._id, () => 'ticket:updated');
  const fresh = newThing(owner.model, 'fresh');
  await fresh.save();
  snapshots();
  expect(await emit(since)).toBe(2);
  await waitFor(() => snapshots().length === 2);
  expect(new Set(snapshots().map(({ id }) => id))).toEqual(new Set([String(edited._id), String(fresh._id)]));
  expect((await stored(owner.model, edited._id)).version).toBe(1);
  expect(await emit(new Date(Date.now() + 60_000))).toBe(0);
});

test('an aggregate that is not to be told again is left out, and not counted', async () => {
  const [kept, left] = [newThing(owner.model, 'kept'), newThing(owner.model, 'left out')];
  await Promise.all([kept.save(), left.save()]);
  snapshots();
  const isTold = ({ title }: { title: string }) => Promise.resolve(title !== 'left out');
  const options = { model: owner.model, publisher, subject: () => 'ticket:updated' as const, state: thingState };
  expect(await reEmit({ ...options, isTold })).toBe(1);
  expect(await emit()).toBe(2);
  await waitFor(() => snapshots().length === 3);
  expect(snapshots().filter(({ id }) => id === String(left._id))).toHaveLength(1);
});

test('a re-emission that cannot publish says so', async () => {
  await newThing(owner.model).save();
  await owner.broker.close();
  await expect(emit()).rejects.toMatchObject({ name: 'NotConnectedError' });
});
