import { type Connection, mongo } from 'mongoose';
import { createLogger } from '../runtime/logger';
import { sleep } from '../runtime/retry';
import { takesWrites, watchDiskFull } from './disk-full';
import { racingConnection, type RacingUpserts } from '@ticketing/testing';

let connection: Connection;
let between: RacingUpserts;
let lines: string[] = [];
const destination = { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) };
beforeAll(async () => {
  [connection, between] = await racingConnection();
  watchDiskFull(connection, createLogger({ name: 'test', level: 'info', destination }));
});
afterAll(() => between.close());

/** As the driver tells of a command. */
const refuse = (duration = 0) => {
  const failure = new mongo.MongoServerError({ code: 14031, message: 'the disk is full' });
  connection.getClient().emit('commandFailed', { failure, duration } as unknown as mongo.CommandFailedEvent);
};
const accept = (duration: number) => {
  const insert = { commandName: 'insert', reply: { ok: 1 }, duration };
  connection.getClient().emit('commandSucceeded', insert as unknown as mongo.CommandSucceededEvent);
};

test('of several looks at once whether the disk has space again, none takes that of another for a failure', async () => {
  refuse();
  between.nextOf(3);
  const looks = await Promise.allSettled([takesWrites(connection), takesWrites(connection), takesWrites(connection)]);
  expect(looks).toEqual(Array(3).fill({ status: 'fulfilled', value: true }));
  expect(between.lost()).toBe(2);
});

test('what began before the disk was full, or before it had space, and is answered after it, tells nothing new', async () => {
  const full = 'the disk of MongoDB is full: nothing can be saved until it has space again';
  const space = 'the disk of MongoDB has space again';
  await sleep(20);
  accept(0);
  await sleep(20);
  lines = [];
  refuse();
  accept(1_000);
  refuse();
  expect(lines).toEqual([full]);
  await sleep(20);
  accept(1);
  accept(1);
  expect(lines).toEqual([full, space]);
  refuse(1_000);
  expect(lines).toEqual([full, space]);
  await sleep(20);
  refuse(1);
  expect(lines).toEqual([full, space, full]);
});
