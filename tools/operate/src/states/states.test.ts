import { type AggregateState, type Broker, statesOf } from '@ticketing/common';
import { newId, newMeta } from '@ticketing/testing';
import { Types } from 'mongoose';
import { versions } from '../rebuild/rebuild.test.helper';
import { completeStates } from './complete-states';
import { StatesBench, SUBJECTS } from './states.test.helper';

let bench: StatesBench;
beforeEach(async () => {
  bench = await StatesBench.open();
});
afterEach(() => bench.close());

test('a replica rebuilt from states and the events after them is the one of the whole history', async () => {
  const ids = await bench.publish(20, 9);
  expect(await bench.project()).toEqual({ continued: false, events: 200, unreadable: 0, put: 20, states: 20 });
  const [newer = ''] = ids;
  const later = newId();
  await bench.publishVersions(newer, 10, 11);
  await bench.publishVersions(later, 0);
  await bench.replica.insertOne({ _id: new Types.ObjectId(newer), version: 3, title: 'corrupted' } as never);

  expect(await bench.rebuild()).toEqual({ aggregates: 21, states: 20, events: 3, unreadable: 0 });
  const fromStates = await bench.documents();
  expect(await bench.stored()).toEqual({ ...versions(ids, 9), [newer]: 11, [later]: 0 });
  await bench.replica.deleteMany({});
  expect(await bench.rebuild({ states: undefined })).toEqual({ aggregates: 21, events: 203, unreadable: 0 });
  expect(await bench.documents()).toEqual(fromStates);

  expect(await bench.project()).toEqual({ continued: true, events: 3, unreadable: 0, put: 2, states: 21 });
  expect(await bench.project()).toEqual({ continued: true, events: 0, unreadable: 0, put: 0, states: 21 });
  expect(await bench.rebuild()).toEqual({ aggregates: 21, states: 21, events: 0, unreadable: 0 });
  expect(await bench.documents()).toEqual(fromStates);
});

test('events of one ticket in any order, some twice, leave its newest version', async () => {
  const ids = Array.from({ length: 5 }, newId);
  for (const version of [3, 0, 4, 2, 1, 4, 3]) for (const id of ids) await bench.publishVersions(id, version);
  await bench.project();
  for (const version of [2, 5, 4]) for (const id of ids) await bench.publishVersions(id, version);
  await bench.broker.publish('ticket:updated', 'no event');
  expect(await bench.project()).toEqual({ continued: true, events: 15, unreadable: 1, put: 5, states: 5 });
  expect(await bench.statesThere()).toEqual(versions(ids, 5));
  await bench.rebuild();
  expect(await bench.stored()).toEqual(versions(ids, 5));
});

test('events of a plain publisher, without meta, are the same ones from a state', async () => {
  const id = newId();
  for (const version of [0, 1]) {
    const state = { id, version, title: `v${version}`, price: 10, userId: 'alice' };
    await bench.broker.publish(version === 0 ? 'ticket:created' : 'ticket:updated', JSON.stringify(state));
  }
  await bench.project();
  expect(await bench.rebuild()).toMatchObject({ states: 1, events: 0 });
  expect(await bench.stored()).toEqual({ [id]: 1 });
});

test('without all that they were said to have, states do not stand for the history', async () => {
  const because = async () => {
    const complete = await completeStates(bench.broker, bench.states, SUBJECTS);
    return typeof complete === 'string' ? complete : 'complete';
  };
  expect(await because()).toBe('there are none that are complete');
  const ids = await bench.publish(3, 1);
  await bench.states.need();
  const state = { id: ids[0] ?? '', version: 0, payload: '{}', channel: 'ticket:created', sequence: 1, storedAt: 1 };
  await bench.states.put(state satisfies AggregateState); // by one that was killed after it
  expect(await because()).toBe('there are none that are complete');
  await bench.project();
  expect(await because()).toBe('complete');

  await bench.purge(ids[1] ?? '');
  expect(await because()).toBe('there are none that are complete');
  expect(await bench.project()).toMatchObject({ continued: false, put: 1, states: 3 });
  expect(await because()).toBe('complete');

  for (const id of ids) await bench.publishVersions(id, 2, 3);
  await bench.trim('ticket:updated', 1);
  expect(await because()).toBe('the broker has lost events that came after them');
});

test('a history that is trimmed after it was projected is no longer whole, but the states are', async () => {
  const ids = await bench.publish(5, 3);
  await bench.project();
  for (const id of ids) await bench.publishVersions(id, 4);
  await bench.trim('ticket:created', 0);
  await bench.trim('ticket:updated', 5);
  const later = newId();
  await bench.publishVersions(later, 0); // in a channel whose last message was before what is trimmed
  await expect(bench.rebuild({ states: undefined })).rejects.toThrow('say so with --re-emitted');
  expect(await bench.rebuild()).toEqual({ aggregates: 6, states: 5, events: 6, unreadable: 0 });
  expect(await bench.stored()).toEqual({ ...versions(ids, 4), [later]: 0 });
  expect(await bench.project()).toMatchObject({ continued: true, events: 6, states: 6 });
});

test('a history without its beginning makes no states, until the owner has re-emitted', async () => {
  const ids = await bench.publish(5, 3);
  await bench.trim('ticket:created', 2);
  await bench.trim('ticket:updated', 2);
  await expect(bench.project()).rejects.toThrow('say so with --re-emitted');
  for (const id of ids) await bench.publishState(id, 3, { meta: { ...newMeta(), snapshot: true } });
  await expect(bench.project()).rejects.toThrow('say so with --re-emitted');
  expect(await bench.project({ reEmitted: true })).toMatchObject({ continued: false, states: 5 });
  expect(await bench.rebuild()).toMatchObject({ aggregates: 5, states: 5 });
  expect(await bench.stored()).toEqual(versions(ids, 3));
});

test('events that are lost while states are projected are told, and nothing is said of how far they reach', async () => {
  await bench.publish(3, 1);
  await bench.project();
  const ids = await bench.publish(3, 1);
  const losing = Object.create(bench.broker, {
    readAll: {
      value: async function* (...args: Parameters<Broker['readAll']>) {
        if (args[0] === 'ticket:updated') await bench.trim('ticket:updated', 1);
        yield* bench.broker.readAll(...args);
      },
    },
  }) as Broker;
  await expect(bench.project({ broker: losing })).rejects.toThrow('dropped the beginning');
  expect(await completeStates(bench.broker, bench.states, SUBJECTS)).toMatch('has lost events that came after them');
  expect(Object.keys(await bench.statesThere())).toEqual(expect.arrayContaining(ids.slice(2)));
});

test('the state of an aggregate that has ended is its tombstone: no late event brings it back', async () => {
  const [ended, going] = [newId(), newId()];
  const title = 'ended';
  const [copies, documents] = [bench.copies(title), bench.connection.collection('copies')];
  for (const id of [ended, going]) await bench.publishVersions(id, 0, 1);
  await bench.publishState(ended, 2, { title });
  expect(await bench.project()).toMatchObject({ put: 2, states: 2 });
  for (const id of [ended, going]) await bench.publishVersions(id, 1, 0);
  expect(await bench.rebuild({ replica: copies })).toMatchObject({ states: 2, events: 4 });
  const wanted = [
    { _id: new Types.ObjectId(ended), version: 2, ended: true },
    { _id: new Types.ObjectId(going), version: 1, title: 'v1' },
  ];
  expect(await documents.find().sort({ _id: 1 }).toArray()).toEqual(wanted);
  expect(await bench.project()).toMatchObject({ continued: true, put: 0 });
  expect(await bench.statesThere()).toEqual({ [ended]: 2, [going]: 1 });
  expect(await bench.rebuild({ replica: copies })).toMatchObject({ states: 2, events: 0 });
  expect(await documents.find().sort({ _id: 1 }).toArray()).toEqual(wanted);
});

test('an engine without states has none', () => {
  expect(statesOf({} as Broker, 'ticket')).toBeUndefined();
});
