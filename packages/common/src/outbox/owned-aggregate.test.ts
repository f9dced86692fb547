import { type Connection, Schema, Types } from 'mongoose';
import { encodeEvent } from '../events/contracts';
import { dropAndClose, testConnection } from '@ticketing/testing';
import { OutboxFullError, OutboxRuleError } from './errors';
import { OUTBOX } from '../runtime/policies';
import { ownedAggregate } from './owned-aggregate';
import { newThing, stored, thingModel, type ThingModel, thingState } from './owner.test.helper';

let connection: Connection;
let model: ThingModel;
beforeAll(async () => {
  connection = await testConnection();
  model = thingModel(connection);
  await model.init();
});
afterAll(() => dropAndClose(connection));

async function load(id: unknown) {
  const thing = await model.findById(id);
  if (!thing) throw new Error('not found');
  return thing;
}

test('a save writes state, version and its one event, which carries that version', async () => {
  const thing = newThing(model, 'first');
  await thing.save();
  for (const version of [1, 2]) {
    const again = await load(thing._id);
    again.title = `title ${version}`;
    again.record('ticket:updated');
    await again.save();
  }
  const { version, title, outbox } = await stored(model, thing._id);
  expect([version, title]).toEqual([2, 'title 2']);
  expect(outbox.map(({ subject, event }) => [subject, event.version, 'title' in event && event.title])).toEqual([
    ['ticket:created', 0, 'first'],
    ['ticket:updated', 1, 'title 1'],
    ['ticket:updated', 2, 'title 2'],
  ]);
  expect(new Set(outbox.map(({ id }) => id)).size).toBe(3);
  for (const { id, at, event } of outbox) expect(event.meta).toEqual({ id, occurredAt: at.toISOString() });
});

test('one document saved again and again has one version and one event for each', async () => {
  const thing = newThing(model);
  await thing.save();
  for (let price = 1; price <= 5; price += 1) {
    thing.price = price;
    thing.record('ticket:updated');
    await thing.save();
    expect(thing.version).toBe(price);
  }
  const { version, outbox } = await stored(model, thing._id);
  expect([version, ...outbox.map(({ event }) => event.version)]).toEqual([5, 0, 1, 2, 3, 4, 5]);
});

test('a save that changes nothing but records an event is a version of its own', async () => {
  const thing = newThing(model);
  await thing.save();
  thing.record('ticket:updated');
  await thing.save();
  const { version, outbox } = await stored(model, thing._id);
  expect([version, outbox.at(-1)?.event.version]).toEqual([1, 1]);
});

test('a new aggregate starts at version 0, whatever it is given', async () => {
  const thing = new model({ title: 'seventh', price: 1, version: 7 });
  thing.record('ticket:created');
  await thing.save();
  const { version, outbox } = await stored(model, thing._id);
  expect([version, outbox[0]?.event.version, thing.version]).toEqual([0, 0, 0]);
});

test('a save that records no event is refused and writes nothing; recorded, it is saved', async () => {
  const thing = new model({ title: 'silent', price: 1 });
  await expect(thing.save()).rejects.toThrow(OutboxRuleError);
  await expect(thing.save()).rejects.toThrow('must record exactly one event, not 0');
  expect(await model.countDocuments({ title: 'silent' })).toBe(0);
  thing.record('ticket:created');
  await thing.save();
  thing.title = 'silent again';
  await expect(thing.save()).rejects.toThrow(OutboxRuleError);
  expect(await stored(model, thing._id)).toMatchObject({ title: 'silent', version: 0, outbox: { length: 1 } });
});

test('a save that records two events is refused and writes nothing', async () => {
  const thing = newThing(model, 'twice');
  thing.record('ticket:updated');
  await expect(thing.save()).rejects.toThrow('must record exactly one event, not 2');
  expect(await model.countDocuments({ title: 'twice' })).toBe(0);
});

test('a state that breaks the contract is refused before it is written, and can be put right', async () => {
  const thing = newThing(model, '');
  await expect(thing.save()).rejects.toThrow('event ticket:created breaks its contract: title');
  expect(await model.countDocuments({ _id: thing._id })).toBe(0);
  thing.title = 'better';
  await thing.save();
  expect(await stored(model, thing._id)).toMatchObject({ title: 'better', version: 0, outbox: { length: 1 } });
});

test('an event whose optional field is undefined can still be published when it is read from the database', async () => {
  const schema = new Schema({});
  const state = (_: unknown, version: number) => ({ ...thingState(newThing(model), version), orderId: undefined });
  ownedAggregate(schema, { state: state });
  const optional = connection.model('Optional', schema) as unknown as ThingModel;
  const document = new optional();
  document.record('ticket:updated');
  await document.save();
  document.record('ticket:updated');
  await document.save();
  const { outbox } = await stored(optional, document._id);
  expect(outbox).toHaveLength(2);
  for (const { event } of outbox) expect(() => encodeEvent('ticket:updated', event as never)).not.toThrow();
});

test('a save that lost the race leaves no event, and the same document cannot be saved again', async () => {
  const thing = newThing(model);
  await thing.save();
  const [winner, loser] = await Promise.all([load(thing._id), load(thing._id)]);
  winner.set('title', 'winner').record('ticket:updated');
  loser.set('title', 'loser').record('ticket:updated');
  await winner.save();
  await expect(loser.save()).rejects.toMatchObject({ name: 'VersionError' });
  await expect(loser.save()).rejects.toThrow('failed before: load it again and start over');
  loser.record('ticket:updated');
  await expect(loser.save()).rejects.toThrow(OutboxRuleError);
  const { title, version, outbox } = await stored(model, thing._id);
  expect([title, version]).toEqual(['winner', 1]);
  expect(outbox.map(({ event }) => event.version)).toEqual([0, 1]);
});

test('an insert whose id is taken leaves the one that is there as it is', async () => {
  const thing = newThing(model, 'there');
  await thing.save();
  const second = new model({ _id: thing._id, title: 'second', price: 1 });
  second.record('ticket:created');
  await expect(second.save()).rejects.toMatchObject({ code: 11000 });
  expect(await stored(model, thing._id)).toMatchObject({ title: 'there', outbox: { length: 1 } });
});

test(`an aggregate with ${OUTBOX.maxPending} pending events takes no more until some are published`, async () => {
  const entries = Array.from({ length: OUTBOX.maxPending }, (_, at) => ({ id: `e${at}`, at: new Date() }));
  const _id = new Types.ObjectId();
  const write = { _id, title: 'full', price: 1, version: OUTBOX.maxPending - 1, outbox: entries };
  await model.collection.insertOne(write);
  const full = await load(_id);
  full.set('title', 'fuller').record('ticket:updated');
  const refusal = await full.save().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(OutboxFullError);
  expect(refusal).toMatchObject({
    kind: 'unavailable',
    pending: OUTBOX.maxPending,
    message: expect.stringContaining('broker'),
  });
  expect(await stored(model, _id)).toMatchObject({ title: 'full', outbox: { length: OUTBOX.maxPending } });
  await model.collection.updateOne({ _id }, { $pop: { outbox: -1 } });
  const less = await load(_id);
  less.set('title', 'fuller').record('ticket:updated');
  await less.save();
  expect(await stored(model, _id)).toMatchObject({ title: 'fuller', version: OUTBOX.maxPending });
});
