import type { Connection } from 'mongoose';
import { Lease } from './lease';
import { sleep } from '../runtime/retry';
import { type RacingUpserts, racingConnection, waitFor } from '@ticketing/testing';

let connection: Connection;
let mongo: RacingUpserts;
beforeAll(async () => {
  [connection, mongo] = await racingConnection();
});
afterAll(() => mongo.close());

const lease = (name: string, forMs = 60_000) => new Lease(connection, name, forMs);

test('of many that want a lease at once, one has it', async () => {
  const taken = await Promise.all(Array.from({ length: 20 }, () => lease('raced').acquire()));
  expect(taken.filter(Boolean)).toHaveLength(1);
});

test('a process that takes a lease twice at once has it, and knows it', async () => {
  const mine = lease('taken twice');
  expect(await Promise.all([mine.acquire(), mine.acquire(), mine.acquire()])).toEqual([true, true, true]);
  expect(await lease('taken twice').acquire()).toBe(false);
});

test('its holder extends it, and no other gets it meanwhile', async () => {
  const [holder, other] = [lease('prolonged'), lease('prolonged')];
  const ends: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    expect([await holder.acquire(), await other.acquire()]).toEqual([true, false]);
    const found = await connection.collection('leases').findOne({ _id: 'prolonged' as never });
    ends.push((found?.['until'] as Date).getTime());
    await sleep(20);
  }
  expect(ends).toEqual([...new Set(ends)].sort((a, b) => a - b));
});

test('a holder that is gone loses it after its time, and not before', async () => {
  const [gone, next] = [lease('handed-over', 500), lease('handed-over')];
  const taken = Date.now();
  await gone.acquire();
  await waitFor(() => next.acquire(), { what: 'the lease' });
  expect(Date.now() - taken).toBeGreaterThanOrEqual(500);
  expect(await gone.acquire()).toBe(false);
});

test('a released lease is free at once, and only the holder can release it', async () => {
  const [holder, next] = [lease('given-up'), lease('given-up')];
  await holder.acquire();
  await next.release();
  expect(await next.acquire()).toBe(false);
  await holder.release();
  expect(await next.acquire()).toBe(true);
});

test('leases of different names have nothing to do with each other', async () => {
  expect([await lease('one').acquire(), await lease('two').acquire()]).toEqual([true, true]);
});
