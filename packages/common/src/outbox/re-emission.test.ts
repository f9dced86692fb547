import { createPublisher } from './publisher';
import { silentLogger, waitFor, TestBed } from '@ticketing/testing';
import { type Owner, newThing, pendingCount, startOwner, thingState } from './owner.test.helper';
import { ReEmission } from './re-emission';

const HOUR_MS = 3_600_000;

let bed: TestBed;
let owner: Owner;
let running: ReEmission[];
beforeEach(async () => {
  running = [];
  bed = await TestBed.open();
  owner = await startOwner({ databaseUri: bed.databaseUri, channelPrefix: bed.channelPrefix });
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await owner.close();
  await bed.close();
});

/** The re-emission of one process. Its runs are an hour apart, so only those that a test requests happen. */
function process(): ReEmission {
  const { connection, model, broker, metrics } = owner;
  const one = new ReEmission({
    ...{
      connection,
      metrics,
      publisher: createPublisher(broker, metrics, silentLogger()),
      logger: silentLogger(),
      everyMs: HOUR_MS,
    },
    aggregates: [{ model, subject: () => 'ticket:updated', state: thingState }],
  });
  running.push(one);
  return one;
}

/** Saves things, each last changed this long ago (ms). Resolves when their own events are published. */
async function thingsOf(agesMs: readonly number[]): Promise<void> {
  const now = Date.now();
  await Promise.all(
    agesMs.map(async (ageMs, at) => {
      const thing = newThing(owner.model, `thing ${at}`);
      await thing.save();
      const changed = { $set: { updatedAt: new Date(now - ageMs) } };
      await owner.model.collection.updateOne({ _id: thing._id }, changed);
    }),
  );
  await waitFor(async () => (await pendingCount(owner.model)) === 0);
}

const sent = async () => (await owner.metrics.reEmitted.get()).values[0]?.value ?? 0;

/** The titles of the snapshots so far. */
const titles = () =>
  bed
    .events('ticket:updated')
    .filter(({ meta }) => meta.snapshot)
    .map(({ title }) => title)
    .sort();

test('a run tells what changed in the last period, the next one what changed since, and a minute before', async () => {
  titles();
  await thingsOf([2 * HOUR_MS, HOUR_MS / 2, 1_000]);
  const one = process();
  await one.now();
  await waitFor(() => titles().length === 2);
  expect(titles()).toEqual(['thing 1', 'thing 2']);
  await one.now();
  await waitFor(() => titles().length === 3);
  expect(titles()).toEqual(['thing 1', 'thing 2', 'thing 2']);
});

test('of two processes one does it; when that one has stopped, the other', async () => {
  await thingsOf([1_000]);
  const [one, other] = [process(), process()];
  await one.now();
  expect(await sent()).toBe(1);
  await other.now();
  expect(await sent()).toBe(1);
  await one.stop();
  await other.now();
  expect(await sent()).toBe(2);
});

test('it publishes 500 a second; one that is stopped ends after a batch, and the next goes on from there', async () => {
  const GAP_MS = 5_000;
  await thingsOf(Array.from({ length: 600 }, (_, at) => (600 - at) * GAP_MS));
  const [one, other] = [process(), process()];
  const first = one.now();
  await waitFor(async () => (await sent()) >= 200);
  await one.stop();
  await first;
  const batches = (await sent()) / 200;
  expect([1, 2]).toContain(batches);

  const began = Date.now();
  const before = await sent();
  await other.now();
  const overlap = 60_000 / GAP_MS + 1; // of a minute, with both ends
  expect(await sent()).toBe(600 + overlap);
  expect(Date.now() - began).toBeGreaterThanOrEqual(((await sent()) - before) * 2 - 10);
});

test('what cannot be published is told by the next run', async () => {
  await thingsOf([HOUR_MS / 2]);
  const { connection, model, metrics } = owner;
  const broken = {
    ...createPublisher(owner.broker, metrics, silentLogger()),
    publish: () => Promise.reject(new Error('refused')),
  };
  const one = new ReEmission({
    ...{ connection, metrics, publisher: broken, logger: silentLogger(), everyMs: HOUR_MS },
    aggregates: [{ model, subject: () => 'ticket:updated', state: thingState }],
  });
  await one.now();
  await one.stop();
  expect(await sent()).toBe(0);
  await process().now();
  expect(await sent()).toBe(1);
});
