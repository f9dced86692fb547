import type { Connection } from 'mongoose';
import type { OwnedDocument } from './owned-aggregate';
import { dropAndClose, testConnection } from '@ticketing/testing';
import { newThing, stored, type Thing, thingModel, type ThingModel } from './owner.test.helper';

let connection: Connection;
let model: ThingModel;
beforeAll(async () => {
  connection = await testConnection();
  model = thingModel(connection);
  await model.init();
});
afterAll(() => dropAndClose(connection));

type Way = (thing: OwnedDocument<Thing>) => PromiseLike<unknown>;
const change = { $set: { title: 'changed' } };
const other = { title: 'changed', price: 2 };
const ways: Record<string, Way> = {
  updateOne: ({ _id }) => model.updateOne({ _id }, change),
  'updateOne with upsert': () => model.updateOne({ title: 'none' }, change, { upsert: true }),
  updateMany: () => model.updateMany({}, change),
  replaceOne: ({ _id }) => model.replaceOne({ _id }, other),
  findOneAndUpdate: ({ _id }) => model.findOneAndUpdate({ _id }, change),
  findByIdAndUpdate: ({ _id }) => model.findByIdAndUpdate(_id, change),
  findOneAndReplace: ({ _id }) => model.findOneAndReplace({ _id }, other),
  findOneAndDelete: ({ _id }) => model.findOneAndDelete({ _id }),
  findByIdAndDelete: ({ _id }) => model.findByIdAndDelete(_id),
  deleteOne: ({ _id }) => model.deleteOne({ _id }),
  deleteMany: () => model.deleteMany({}),
  'a query that becomes an update': ({ _id }) => model.find({ _id }).updateOne(change),
  'a query that becomes a delete': ({ _id }) => model.find({ _id }).deleteMany(),
  'document.updateOne': (thing) => thing.updateOne(change),
  'document.deleteOne': (thing) => thing.deleteOne(),
  insertMany: () => model.insertMany([other]),
  bulkWrite: ({ _id }) => model.bulkWrite([{ updateOne: { filter: { _id }, update: change } }]),
  'bulkWrite of an insert': () => model.bulkWrite([{ insertOne: { document: other } }] as never),
  bulkSave: (thing) => {
    thing.set('title', 'changed').record('ticket:updated');
    return model.bulkSave([thing]);
  },
};

test.each(Object.keys(ways))('%s on an owned model is refused and writes nothing', async (way) => {
  const thing = newThing(model, 'kept');
  await thing.save();
  const count = await model.countDocuments();
  const attempt = Promise.resolve(ways[way]?.(thing));
  await expect(attempt).rejects.toMatchObject({
    name: 'OutboxRuleError',
    message: expect.stringContaining('load it, record, save'),
  });
  expect(await stored(model, thing._id)).toMatchObject({ title: 'kept', version: 0, outbox: { length: 1 } });
  expect(await model.countDocuments()).toBe(count);
  expect(await model.countDocuments({ title: 'changed' })).toBe(0);
});
