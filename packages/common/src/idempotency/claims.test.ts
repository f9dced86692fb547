import type { Connection } from 'mongoose';
import {
  dropAndClose,
  type RacingUpserts,
  startRacingUpserts,
  testConnection,
  testDatabaseUri,
  testServers,
} from '@ticketing/testing';
import { type Claims, claimStore, KEPT_MS } from './claims';

let mongo: RacingUpserts;
let connections: Connection[];
/** Those of two processes on one database. */
let stores: [Claims, Claims];
beforeEach(async () => {
  mongo = await startRacingUpserts(testServers().mongoUrl);
  const uri = testDatabaseUri(undefined, { mongoUrl: mongo.url });
  connections = [await testConnection(uri), await testConnection(uri)];
  stores = connections.map(claimStore) as [Claims, Claims];
});
afterEach(async () => {
  await connections[1]?.close();
  await dropAndClose(connections[0] as Connection);
  await mongo.close();
});

const then = new Date('2026-01-01T00:00:00Z');
const after = (ms: number) => new Date(then.getTime() + ms);
/** This many at once, in turns on each process. */
const takeMany = (count: number, now: Date) =>
  Promise.all(Array.from({ length: count }, (_, n) => stores[n % 2 === 0 ? 0 : 1].take('key', `body ${n}`, now)));

test('of many at once one makes the claim, and all get the same', async () => {
  mongo.nextOf(2);
  const taken = await takeMany(100, then);
  expect(taken.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(new Set(taken.map(({ aggregateId }) => String(aggregateId))).size).toBe(1);
  expect(new Set(taken.map(({ body }) => body)).size).toBe(1);
  expect(mongo.lost()).toBeGreaterThan(0);
});

test('a claim is kept for 24 h; then one is made again, once, though the old one was not removed', async () => {
  const first = await stores[0].take('key', 'body', then);
  const late = await stores[1].take('key', 'other body', after(KEPT_MS - 1));
  expect(late).toEqual({ ...first, isNew: false });

  const again = await takeMany(50, after(KEPT_MS));
  expect(again.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(new Set(again.map(({ aggregateId }) => String(aggregateId))).size).toBe(1);
  expect(again[0]?.aggregateId).not.toEqual(first.aggregateId);
  expect(again[0]?.expiresAt).toEqual(after(2 * KEPT_MS));
  expect(await connections[0]?.collection('idempotency_keys').countDocuments()).toBe(1);
});

test('claims of other ids are others', async () => {
  const [one, other] = await Promise.all([stores[0].take('one', 'body', then), stores[0].take('other', 'body', then)]);
  expect([one.isNew, other.isNew]).toEqual([true, true]);
  expect(one.aggregateId).not.toEqual(other.aggregateId);
});

test('a TTL index lets mongod remove claims that are over', async () => {
  await stores[0].createIndexes();
  const indexes = await connections[0]?.collection('idempotency_keys').listIndexes().toArray();
  expect(indexes).toContainEqual(expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 3_600 }));
});
