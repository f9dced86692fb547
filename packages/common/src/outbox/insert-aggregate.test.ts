import { type Connection, Schema, Types } from 'mongoose';
import { dropAndClose, TestBed, testConnection, waitFor } from '@ticketing/testing';
import { OutboxRuleError } from './errors';
import { insertAggregate } from './insert-aggregate';
import { ownedAggregate, type OwnedModel } from './owned-aggregate';
import {
  newThing,
  pendingCount,
  startOwner,
  stored,
  type Thing,
  thingModel,
  type ThingModel,
  thingState,
} from './owner.test.helper';
import { updateAggregate } from './update-aggregate';

let connection: Connection;
let model: ThingModel;
beforeAll(async () => {
  connection = await testConnection();
  model = thingModel(connection);
  await model.init();
});
afterAll(() => dropAndClose(connection));

const fields = { title: 'inserted', price: 10 };

/** A schema with every rule that a field can have. */
function everyRule(): Schema {
  const part = new Schema({ at: { type: Date, required: true }, n: Number }, { _id: false, timestamps: true });
  const schema = new Schema(
    {
      title: { type: String, required: true, trim: true, uppercase: true },
      price: { type: Number, min: 0, default: 10 },
      sold: Boolean,
      owner: Schema.Types.ObjectId,
      nested: { deep: { flag: { type: Boolean, default: true } }, note: String },
      part: { type: part, default: () => ({ at: 0 }) },
      parts: [part],
      prices: { type: [Number], default: [1] },
      notes: { type: Map, of: String },
      amount: Schema.Types.Decimal128,
      bytes: Buffer,
      anything: Schema.Types.Mixed,
      code: { type: String, default: () => 'made' },
      asked: { type: String, enum: ['yes', 'no'], validate: async (value: string) => Promise.resolve(value !== 'no') },
    },
    { timestamps: true },
  );
  ownedAggregate<Thing>(schema, { state: thingState });
  return schema;
}

const raw = {
  ...{ title: '  a title ', price: '20', sold: 'true', owner: '64b000000000000000000000', unknown: 'dropped' },
  ...{ nested: { note: 7 }, parts: [{ at: '2026-01-01', n: '3' }], notes: { one: 1 }, amount: '1.5', bytes: 'text' },
  ...{ anything: { any: ['thing', { undefined: undefined }] }, asked: 'yes', version: 7, outbox: [{ id: 'forged' }] },
};

/** What differs between any two documents is named, not compared. */
function comparable(document: object): unknown {
  const same = (key: string, value: unknown) => {
    if (/^(_id|id|lastEventId|at|createdAt|updatedAt|occurredAt)$/.test(key)) return key;
    return value instanceof Map ? Object.fromEntries(value) : value;
  };
  return JSON.parse(JSON.stringify(document, same));
}

test.each([
  ['every field given', raw],
  ['only the required one', { title: 'a title' }],
])('it stores what a save of a Mongoose document stores: %s', async (_, given) => {
  const everything = connection.model('Everything', everyRule(), 'everything', { overwriteModels: true });
  const owned = everything as unknown as ThingModel;
  const saved = new owned({ ...given, outbox: [] });
  saved.record('ticket:created');
  await saved.save();
  const inserted = await insertAggregate(owned, given as never, 'ticket:created');
  const [one, other] = await Promise.all([saved._id, inserted._id].map((id) => stored(owned, id)));
  expect(Object.keys(other ?? {}).sort()).toEqual(Object.keys(one ?? {}).sort());
  expect(comparable(other ?? {})).toEqual(comparable(one ?? {}));
  expect(comparable(inserted)).toEqual(comparable(other ?? {}));
});

test('it is at version 0 with one event, and the next save is version 1', async () => {
  const { _id, version } = await insertAggregate(model, { ...fields, version: 7 } as never, 'ticket:created');
  expect(version).toBe(0);
  const first = await stored(model, _id);
  expect(first).toMatchObject({ version: 0, title: 'inserted', outbox: [{ subject: 'ticket:created' }] });
  const [entry] = first.outbox;
  expect(entry?.event).toMatchObject({ id: String(_id), version: 0, title: 'inserted', meta: { id: entry?.id } });
  expect(first).toMatchObject({ lastEventId: entry?.id, updatedAt: entry?.at, createdAt: expect.any(Date) as Date });
  const edited = await updateAggregate(model, _id, (thing) => {
    thing.price = 11;
    return 'ticket:updated';
  });
  expect(edited).toMatchObject({ saved: true, document: { version: 1 } });
  expect((await stored(model, _id)).outbox.map(({ event }) => event.version)).toEqual([0, 1]);
});

test.each([
  ['a required field is missing', {}, 'title'],
  ['a value cannot be cast', { title: 't', price: 'dear' }, 'price'],
  ['a number is too small', { title: 't', price: -1 }, 'price'],
  ['a value is none of the list', { title: 't', asked: 'maybe' }, 'asked'],
  ['an asynchronous rule refuses', { title: 't', asked: 'no' }, 'asked'],
  ['a part of it is wrong', { title: 't', part: { n: 1 } }, 'part.at'],
])('it is refused by the schema and not written: %s', async (_, given, path) => {
  const refusing = connection.model('Refusing', everyRule(), 'refusing', { overwriteModels: true }) as never;
  const refusal = insertAggregate(refusing as OwnedModel<Thing>, given as never, 'ticket:created');
  await expect(refusal).rejects.toMatchObject({
    name: 'ValidationError',
    errors: { [path]: expect.anything() as Error },
  });
  expect(await connection.collection('refusing').countDocuments()).toBe(0);
});

test('a state that breaks the contract of its event is refused and not written', async () => {
  const _id = new Types.ObjectId();
  const refusal = insertAggregate(model, { _id, ...fields, title: '' }, 'ticket:created');
  await expect(refusal).rejects.toThrow('event ticket:created breaks its contract: title');
  expect(await model.countDocuments({ _id })).toBe(0);
});

test('a taken id is the error of a duplicate key, and what is there stays', async () => {
  const thing = newThing(model, 'there');
  await thing.save();
  const second = insertAggregate(model, { _id: thing._id, ...fields }, 'ticket:created');
  await expect(second).rejects.toMatchObject({ code: 11000 });
  expect(await stored(model, thing._id)).toMatchObject({ title: 'there', outbox: { length: 1 } });
});

test('what it inserted is as guarded as any owned aggregate', async () => {
  const { _id } = await insertAggregate(model, fields, 'ticket:created');
  await expect(model.updateOne({ _id }, { $set: { title: 'around' } })).rejects.toThrow(OutboxRuleError);
  const loaded = await model.findById(_id);
  await expect(loaded?.set('title', 'silent').save()).rejects.toThrow(OutboxRuleError);
  expect(await stored(model, _id)).toMatchObject({ title: 'inserted', version: 0 });
});

test('its event is published at once, without the sweep, and leaves the outbox', async () => {
  const bed = await TestBed.open();
  const { databaseUri, channelPrefix } = bed;
  const owner = await startOwner({ databaseUri, channelPrefix, sweepMs: 60_000 });
  try {
    const events = bed.events('ticket:created');
    const { _id } = await insertAggregate(owner.model, fields, 'ticket:created');
    await waitFor(() => events.length === 1);
    expect(events[0]).toMatchObject({ id: String(_id), version: 0, title: 'inserted', price: 10 });
    await waitFor(async () => (await pendingCount(owner.model)) === 0, { what: 'an empty outbox' });
  } finally {
    await owner.close();
    await bed.close();
  }
});
