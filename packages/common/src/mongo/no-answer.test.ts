import type { Connection } from 'mongoose';
import { connectDatabase } from './database';
import { isDatabaseUnavailable } from './database-errors';
import { type MongoBetween, silentLogger, startMongoBetween, testServers, uniqueName } from '@ticketing/testing';
import { awakeDuring } from '../runtime/awake.test.helper';
import { saveAggregate } from '../outbox/save-aggregate';
import { newThing, thingModel } from '../outbox/owner.test.helper';

/** Longest time (ms) until a caller gets the error that there is no answer. */
const ANSWERED_WITHIN_MS = 15_000;

/** Names of the unanswered commands. */
let unanswered: string[];
let isSilent: boolean;
let between: MongoBetween;
let connection: Connection;
beforeEach(async () => {
  [unanswered, isSilent] = [[], false];
  const onCommand: Parameters<typeof startMongoBetween>[1] = (command) => {
    // The driver still checks its health: a server whose disk hangs still answers hello.
    if (isSilent && command.collection !== '') unanswered.push(command.name);
    else command.pass();
  };
  // On a server with sessions the driver repeats a read.
  between = await startMongoBetween(testServers().mongoUrl, onCommand, { logicalSessionTimeoutMinutes: 30 });
  connection = await connectDatabase({ uri: between.url, defaultDbName: uniqueName('test_'), logger: silentLogger() });
});
afterEach(async () => {
  isSilent = false;
  await connection.dropDatabase();
  await connection.close();
  await between.close();
});

/** The operation fails, as it must while MongoDB is unavailable. */
async function fails(operation: Promise<unknown>): Promise<void> {
  const error: unknown = await operation.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(isDatabaseUnavailable(error)).toBe(true);
}

const read = () => fails(connection.collection('others').findOne());

test('a read and a save without an answer fail within 15 s, the repeats of the driver and the look for the write included', async () => {
  const model = thingModel(connection);
  await model.init();
  const thing = newThing(model);
  await connection.collection('things').findOne();
  isSilent = true;
  expect(await awakeDuring(() => Promise.all([read(), fails(saveAggregate(thing))]))).toBeLessThan(ANSWERED_WITHIN_MS);
  expect(unanswered.filter((name) => name === 'find').length).toBeGreaterThanOrEqual(2);
  expect(unanswered).toContain('insert');
}, 120_000);

test('so do operations that wait for a connection, behind more than the pool can have', async () => {
  const { maxPoolSize } = connection.getClient().options;
  isSilent = true;
  const reads = () => Promise.all(Array.from({ length: 4 * maxPoolSize }, read));
  expect(await awakeDuring(reads)).toBeLessThan(ANSWERED_WITHIN_MS);
}, 120_000);
