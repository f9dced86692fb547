import { type Restartable, databaseUrl, restartableMongo } from '@ticketing/servers';
import type { Connection } from 'mongoose';
import { connectDatabase, isConnected } from '../mongo/database';
import { awakeDuring } from '../runtime/awake.test.helper';
import { sleep } from '../runtime/retry';
import { silentLogger, uniqueName, waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, REDELIVERED_SOON, ticketEvent } from './consumer.test.helper';
import { deadLetterStore } from './failures/dead-letters';
import type { Listener } from './listener';

const subject = 'ticket:updated';
let mongo: Restartable;
let connection: Connection;
let bench: Bench;

beforeEach(async () => {
  mongo = await restartableMongo();
  const uri = databaseUrl(mongo.url, uniqueName('test_'));
  connection = await connectDatabase({ uri, defaultDbName: 'test', logger: silentLogger() });
  bench = await Bench.open({ connection });
});
afterEach(async () => {
  await mongo.signal('SIGCONT');
  await mongo.up();
  await bench.close();
  await mongo.remove();
});

const nothingWrong = async () => {
  const { failed = 0, 'dead-lettered': dead = 0 } = await bench.outcomes();
  const failures = await connection.collection('delivery_failures').countDocuments();
  return { failed, dead, failures, letters: await deadLetterStore(connection).list() };
};

test('MongoDB away: nothing is dead-lettered or counted as failed, the group pauses, and catches up by itself', async () => {
  let attempts = 0;
  const replica = inOrder(subject, () => (attempts += 1));
  const anyOrder: Listener = {
    subject: 'ticket:created',
    ordering: 'any-order',
    key: ({ id }) => id,
    async handle({ version }) {
      attempts += 1;
      await connection.collection('other').insertOne({ version });
      return 'applied';
    },
  };
  await bench.consumer([replica, anyOrder], {
    settings: { ...REDELIVERED_SOON, maxAttempts: 1, sweepMs: 60_000 },
  });
  const ids = Array.from({ length: 20 }, newId);
  const publish = (version: number) => bench.publish(subject, ...ids.map((id) => ticketEvent(id, version)));
  await publish(0);
  await waitFor(async () => (await bench.count('applied')) === 20);

  await mongo.down();
  await publish(2);
  await publish(1);
  await bench.publish('ticket:created', ...ids.map((id) => ticketEvent(id, 0)));
  await waitFor(() => bench.lines.some(({ msg }) => msg.startsWith('MongoDB is unavailable')), { timeoutMs: 30_000 });
  await sleep(4_000); // running ones fail
  const tried = attempts;
  await sleep(4_000); // several ack waits: all of them come again
  expect(attempts).toBe(tried);
  const said = await bench.metrics.scrape();
  expect(said).toContain(`ticketing_consumer_paused{group="${bench.group}",service="test"} 1\n`);
  expect(Number(/^ticketing_consumer_stalled_seconds\{.*\} (.+)$/m.exec(said)?.[1])).toBeGreaterThan(7);
  await mongo.up();

  await waitFor(async () => (await bench.replica.all()).every(({ version }) => version === 2), { timeoutMs: 40_000 });
  await waitFor(async () => (await connection.collection('other').distinct('_id')).length >= 20, { timeoutMs: 40_000 });
  expect((await bench.replica.all()).map(({ history }) => history)).toEqual(ids.map(() => [0, 1, 2]));
  expect(await nothingWrong()).toEqual({ failed: 0, dead: 0, failures: 0, letters: [] });
}, 120_000);

test('MongoDB killed repeatedly under load: every event is applied, in order, and no failure is counted', async () => {
  await bench.consumer([inOrder(subject)], { settings: { ...REDELIVERED_SOON, maxAttempts: 1 } });
  const ids = Array.from({ length: 60 }, newId);
  let publishing = true;
  const publishAll = async () => {
    for (const version of [1, 0, 3, 2]) {
      await bench.publish(subject, ...ids.map((id) => ticketEvent(id, version)));
      await sleep(700);
    }
    publishing = false;
  };
  const done = publishAll();
  while (publishing) {
    await sleep(500);
    await mongo.down();
    await mongo.up();
  }
  await done;
  const versions = async () => (await bench.replica.all()).map(({ version }) => version);
  await waitFor(async () => (await versions()).join() === ids.map(() => 3).join(), { timeoutMs: 60_000 });
  expect((await bench.replica.all()).map(({ history }) => history)).toEqual(ids.map(() => [0, 1, 2, 3]));
  expect(await nothingWrong()).toEqual({ failed: 0, dead: 0, failures: 0, letters: [] });
}, 150_000);

test('draining while MongoDB is away ends, and running messages are delivered again later', async () => {
  const consumer = await bench.consumer([inOrder(subject)]);
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 0));
  await bench.versionIs(id, 0);
  await mongo.down();
  await bench.publish(subject, ticketEvent(id, 1));
  await sleep(300);
  expect(await awakeDuring(() => consumer.drain())).toBeLessThan(9_000);
  await mongo.up();
  await waitFor(() => isConnected(connection), { timeoutMs: 30_000 });
  await bench.consumer([inOrder(subject)]);
  await waitFor(async () => (await bench.replica.versionOf(id)) === 1, { timeoutMs: 20_000 });
}, 90_000);
