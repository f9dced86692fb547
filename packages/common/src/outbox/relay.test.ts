import { sleep } from '../runtime/retry';
import { waitFor, TestBed } from '@ticketing/testing';
import type { Publisher } from './publisher';
import { newThing, type Owner, type OwnerOptions, pendingCount, startOwner, stored } from './owner.test.helper';
import { OUTBOX } from '../runtime/policies';
import { SWEEP_PAGE } from './relay';

let bed: TestBed;
const owners: Owner[] = [];
/** Releases publishers that a test holds. */
let release: () => void = () => undefined;
beforeEach(async () => {
  bed = await TestBed.open();
});
afterEach(async () => {
  release();
  await Promise.all(owners.splice(0).map((owner) => owner.close()));
  await bed.close();
});

async function start(options: Partial<OwnerOptions> = {}): Promise<Owner> {
  const owner = await startOwner({
    ...bed,
    databaseUri: bed.databaseUri,
    channelPrefix: bed.channelPrefix,
    ...options,
  });
  owners.push(owner);
  return owner;
}

const nothingPending = (owner: Owner) =>
  waitFor(async () => (await pendingCount(owner.model)) === 0, { what: 'empty outboxes' });

/** Saves without publishing, like a process that died right after the save. Entries look `ageMs` old. */
async function leaveBehind(owner: Owner, count: number, ageMs: number, entries = 1): Promise<void> {
  const things = Array.from({ length: count }, () => newThing(owner.model));
  const old = new Date(Date.now() - ageMs);
  const documents = things.map(({ _id }) => {
    const id = String(_id);
    const outbox = Array.from({ length: entries }, (_, version) => {
      const meta = { id: crypto.randomUUID(), occurredAt: old.toISOString() };
      const event = { id, version, title: 'left', price: 1, userId: 'u1', meta };
      return { id: meta.id, subject: 'ticket:created', at: old, event };
    });
    return { _id, title: 'left', price: 1, version: entries - 1, outbox, lastEventId: outbox.at(-1)?.id };
  });
  await owner.model.collection.insertMany(documents);
}

test('a saved event is published at once, without the sweep, and leaves the outbox without changing the version', async () => {
  const owner = await start({ sweepMs: 60_000 });
  const events = bed.events('ticket:created');
  const thing = newThing(owner.model);
  await thing.save();
  await waitFor(() => events.length === 1);
  expect(events[0]).toMatchObject({ id: String(thing._id), version: 0, title: 'title', price: 10, userId: 'u1' });
  await nothingPending(owner);
  expect(await stored(owner.model, thing._id)).toMatchObject({ version: 0, title: 'title' });
  expect(await owner.metrics.scrape()).toContain(
    'ticketing_events_published_total{subject="ticket:created",service="owner"} 1',
  );
});

test('all that is pending in a document is published with its next save, in order', async () => {
  let open = false;
  const refuse = () => Promise.reject(new Error('not now'));
  const around = (publisher: Publisher): Publisher => ({
    ...publisher,
    forward: (subject, event) => (open ? publisher.forward(subject, event) : refuse()),
  });
  const owner = await start({ sweepMs: 60_000, around });
  const events = bed.events('ticket:updated');
  const thing = newThing(owner.model);
  await thing.save();
  for (let version = 1; version <= 20; version += 1) {
    open = version === 20;
    const again = await owner.model.findById(thing._id);
    again?.record('ticket:updated');
    await again?.save();
  }
  await nothingPending(owner);
  await waitFor(() => events.length === 20);
  expect(events.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
});

test('a document that is kept and saved again publishes each version once, though it still has what was removed', async () => {
  const owner = await start({ sweepMs: 60_000 });
  const [created, updated] = [bed.events('ticket:created'), bed.events('ticket:updated')];
  const thing = newThing(owner.model);
  await thing.save();
  for (let version = 1; version <= 100; version += 1) {
    thing.record('ticket:updated');
    await thing.save();
  }
  await nothingPending(owner);
  await waitFor(() => created.length >= 1 && updated.length >= 100);
  await sleep(200);
  expect([created.length, updated.length]).toEqual([1, 100]);
  expect(new Set(updated.map(({ version }) => version)).size).toBe(100);
});

test('the sweep publishes all pages of what another process left, and leaves young entries to their process', async () => {
  const owner = await start({ sweepMs: 60_000 });
  const events = bed.events('ticket:created');
  const count = SWEEP_PAGE * 2 + 50;
  await leaveBehind(owner, count, OUTBOX.sweepMinAgeMs + 60_000);
  await leaveBehind(owner, 3, -60_000);
  const sweeper = await start();
  await waitFor(() => events.length === count, { timeoutMs: 30_000, what: 'all events' });
  await waitFor(async () => (await pendingCount(owner.model)) === 3);
  await sleep(500);
  expect(events).toHaveLength(count);
  expect(new Set(events.map(({ id }) => id)).size).toBe(count);
  expect(sweeper.said).toContain('the sweep published what was left in outboxes');
});

test('one sweep publishes all of a long outbox, in its order', async () => {
  const owner = await start({ sweepMs: 60_000 });
  const events = bed.events('ticket:created');
  await leaveBehind(owner, 2, OUTBOX.sweepMinAgeMs + 60_000, 65);
  let sweepNow: () => void = () => undefined;
  const onConnected = (callback: () => void) => {
    sweepNow = callback;
    return () => undefined;
  };
  await start({ sweepMs: 600_000, around: (publisher) => ({ ...publisher, onConnected }) });
  sweepNow();
  await waitFor(() => events.length === 130, { what: 'all events, of one sweep' });
  await nothingPending(owner);
  const ids = new Set(events.map(({ id }) => id));
  for (const id of ids) {
    const versions = events.filter((event) => event.id === id).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 65 }, (_, version) => version));
  }
});

test('the sweep waits until an entry is two seconds old', async () => {
  const owner = await start({ sweepMs: 60_000 });
  const events = bed.events('ticket:created');
  const left = Date.now();
  await leaveBehind(owner, 1, 0);
  await start({ sweepMs: 50 });
  await waitFor(() => events.length === 1);
  expect(Date.now() - left).toBeGreaterThanOrEqual(OUTBOX.sweepMinAgeMs);
});

test('one process sweeps at a time, and hands it over when it ends', async () => {
  const sweepMs = 2_000; // a lease lasts three times as long, more than a pause of the machine
  const [first, second] = [await start({ sweepMs }), await start({ sweepMs: sweepMs + 1 })];
  await sleep(sweepMs + 400);
  const leases = () => bed.connection.collection('leases').find().toArray();
  await leaveBehind(first, 20, 60_000);
  await nothingPending(first);
  const sweptBy = (owner: Owner) => owner.said.length > 0;
  await waitFor(() => sweptBy(first) || sweptBy(second));
  const [before, ...more] = await leases();
  expect(more).toEqual([]);
  expect([first, second].filter(sweptBy)).toHaveLength(1);
  const [holder, other] = sweptBy(first) ? [first, second] : [second, first];
  await holder.close();
  owners.splice(owners.indexOf(holder), 1);
  await leaveBehind(other, 20, 60_000);
  await nothingPending(other);
  await waitFor(() => sweptBy(other));
  const [after] = await leases();
  expect(after?.['holder']).not.toBe(before?.['holder']);
});

test('a sweep waits for events in flight: it neither publishes them twice nor spins', async () => {
  const released = new Promise<void>((resolve) => (release = resolve));
  const slow = (publisher: Publisher): Publisher => ({
    ...publisher,
    forward: async (subject, event) => {
      await released;
      await publisher.forward(subject, event);
    },
  });
  const owner = await start({ around: slow });
  const events = bed.events('ticket:created');
  const sweeps: Date[] = []; // what each takes is older than this
  owner.connection.set('debug', (_collection: string, _method: string, query?: { 'outbox.at'?: { $lt: Date } }) => {
    if (query?.['outbox.at']) sweeps.push(query['outbox.at'].$lt);
  });
  try {
    const oldest = (await newThing(owner.model).save()).outbox[0]?.at ?? new Date();
    await Promise.all(Array.from({ length: SWEEP_PAGE - 1 }, () => newThing(owner.model).save()));
    await waitFor(() => sweeps.some((until) => until > oldest));
    const before = sweeps.length;
    await sleep(500);
    expect(sweeps).toHaveLength(before);
  } finally {
    release(); // or nothing that closes the owner would ever end
  }
  await nothingPending(owner);
  await waitFor(() => events.length >= SWEEP_PAGE);
  await sleep(300);
  expect(events).toHaveLength(SWEEP_PAGE);
});

test('drain finishes events in flight: published, removed, and the lease released', async () => {
  const owner = await start();
  const events = bed.events('ticket:created');
  await waitFor(() => bed.connection.collection('leases').countDocuments());
  await Promise.all(Array.from({ length: 200 }, () => newThing(owner.model).save()));
  await owner.relay.drain();
  await owner.connection.close();
  const pending = { 'outbox.0': { $exists: true } };
  expect(await bed.connection.collection('things').countDocuments(pending)).toBe(0);
  expect(await bed.connection.collection('leases').countDocuments()).toBe(0);
  await waitFor(() => events.length === 200);
  await owner.relay.drain();
});

test('a scrape tells how many events wait, and the age of the oldest', async () => {
  const owner = await start({ sweepMs: 60_000 });
  const scraped = async (name: string) => {
    const line = new RegExp(`^ticketing_outbox_${name}\\{aggregate="thing".*\\} (.+)$`, 'm');
    return Number(line.exec(await owner.metrics.scrape())?.[1]);
  };
  await waitFor(async () => (await scraped('pending')) === 0 && (await scraped('oldest_age_seconds')) === 0);
  const left = Date.now();
  await leaveBehind(owner, 3, 1_000);
  await leaveBehind(owner, 1, 100_000);
  await waitFor(async () => (await scraped('pending')) === 4);
  const age = await waitFor(() => scraped('oldest_age_seconds'));
  expect(age).toBeGreaterThanOrEqual(100);
  expect(age).toBeLessThanOrEqual(100 + (Date.now() - left) / 1_000);
});

test('drain does not wait for a long backlog: the sweep ends after the current page', async () => {
  const owner = await start({ sweepMs: 60_000 });
  await leaveBehind(owner, SWEEP_PAGE * 10, OUTBOX.sweepMinAgeMs + 60_000);
  let begun = 0;
  const held = new Promise<void>((resolve) => (release = resolve));
  const around = (publisher: Publisher): Publisher => ({
    ...publisher,
    forward: async (subject, event) => {
      begun += 1;
      if (begun > SWEEP_PAGE) await held;
      return publisher.forward(subject, event);
    },
  });
  const sweeper = await start({ around });
  await waitFor(() => begun > SWEEP_PAGE);
  const drained = sweeper.relay.drain();
  release();
  await drained;
  expect(await pendingCount(owner.model)).toBe(SWEEP_PAGE * 8);
});
