import type { Connection } from 'mongoose';
import { isDuplicateKey } from '@ticketing/common';
import { type RacingUpserts, racingConnection } from '../index';

let connection: Connection;
let mongo: RacingUpserts;
beforeAll(async () => {
  [connection, mongo] = await racingConnection();
});
afterAll(() => mongo.close());

const copies = () => connection.collection<{ _id: string; version: number }>('copies');
const upTo = (_id: string, version: number) =>
  copies().updateOne({ _id, version: { $lt: version } }, { $set: { version } }, { upsert: true });

test('of upserts of one absent document the first inserts; the others get a duplicate key, though they are newer', async () => {
  mongo.nextOf(3);
  const outcomes = await Promise.allSettled([upTo('raced', 1), upTo('raced', 2), upTo('raced', 3)]);
  const [won, ...lost] = outcomes;
  expect(won).toMatchObject({ status: 'fulfilled', value: { upsertedCount: 1 } });
  for (const { reason } of lost as PromiseRejectedResult[]) {
    expect(isDuplicateKey(reason)).toBe(true);
    expect(reason).toMatchObject({ keyPattern: { _id: 1 }, keyValue: { _id: 'raced' } });
  }
  expect(mongo.lost()).toBe(2);
  expect(await copies().findOne({ _id: 'raced' })).toEqual({ _id: 'raced', version: 1 });
});

test('so does a findAndModify, and the rest of its database is as it is without it', async () => {
  const options = { upsert: true, returnDocument: 'after' as const };
  const take = () => copies().findOneAndUpdate({ _id: 'taken' }, { $inc: { version: 1 } }, options);
  mongo.nextOf(2);
  const [won, lost] = await Promise.allSettled([take(), take()]);
  expect(won).toMatchObject({ status: 'fulfilled', value: { version: 1 } });
  expect(isDuplicateKey((lost as PromiseRejectedResult).reason)).toBe(true);
  expect(await take()).toMatchObject({ version: 2 });
});

test('upserts of a document that is there do not race', async () => {
  await upTo('there', 1);
  const before = mongo.lost();
  const count = () => copies().updateOne({ _id: 'there' }, { $inc: { version: 1 } }, { upsert: true });
  const outcomes = await Promise.allSettled([count(), count()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect([mongo.lost(), (await copies().findOne({ _id: 'there' }))?.version]).toEqual([before, 3]);
});
