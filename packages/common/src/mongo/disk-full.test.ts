import { type Connection, mongo } from 'mongoose';
import { takesWrites, watchDiskFull } from './disk-full';
import { racingConnection, silentLogger, type RacingUpserts } from '@ticketing/testing';

let connection: Connection;
let between: RacingUpserts;
beforeAll(async () => {
  [connection, between] = await racingConnection();
});
afterAll(() => between.close());

test('of several looks at once whether the disk has space again, none takes that of another for a failure', async () => {
  watchDiskFull(connection, silentLogger());
  const failure = new mongo.MongoServerError({ code: 14031, message: 'the disk is full' });
  connection.getClient().emit('commandFailed', { failure } as unknown as mongo.CommandFailedEvent);
  const looks = await Promise.allSettled([takesWrites(connection), takesWrites(connection), takesWrites(connection)]);
  expect(looks).toEqual(Array(3).fill({ status: 'fulfilled', value: true }));
  expect(between.lost()).toBe(2);
});
