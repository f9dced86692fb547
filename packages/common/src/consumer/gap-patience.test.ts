import { Types } from 'mongoose';
import { baseConfig } from '../service/config';
import { loadConfig } from '../runtime/environment';
import { databaseNow } from '../mongo/database';
import { sleep } from '../runtime/retry';
import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, ticketEvent } from './consumer.test.helper';
import { waitingIn } from './replica';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const subject = 'ticket:updated';
const skips = () => bench.lines.filter(({ msg }) => msg.includes('gap patience'));
const parkedAt = async () =>
  ((await waitingIn(bench.replica.documents).next())?.parked ?? []).map(({ at }) => at.getTime());

test('a gap is waited for until its patience is over; then the parked event is applied whole, counted and logged', async () => {
  const gapPatienceMs = 1_500;
  await bench.consumer([inOrder(subject)], { settings: { gapPatienceMs } });
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 0), ticketEvent(id, 3), ticketEvent(id, 4));
  await waitFor(async () => (await bench.count('parked')) === 2);
  const times = await parkedAt();
  const over = times.length === 2 ? Math.min(...times) + gapPatienceMs : 0;
  const look = () => bench.replica.find(id);
  for (let found = await look(); (await databaseNow(bench.connection)).getTime() < over; found = await look()) {
    expect(found?.history).toEqual([0]);
    await sleep(20);
  }

  await bench.versionIs(id, 4);
  expect(await bench.replica.find(id)).toMatchObject({ history: [0, 3, 4], title: 'title 4', price: 40 });
  await bench.outcomesAre({ applied: 2, parked: 2, skipped: 1 });
  expect(skips()).toMatchObject([{ level: 40, aggregateId: id, from: 0, to: 3 }]);
  expect(skips()[0]?.['waitedMs']).toBeGreaterThanOrEqual(gapPatienceMs);
  await bench.parkedIs(0);
});

test('with the ratio that is shipped a predecessor that fails once is waited for, not skipped', async () => {
  const required = { MONGO_URI: 'mongodb://db', NATS_URL: 'nats://nats', JWT_KEY: 'key' };
  const shipped = loadConfig(baseConfig('tickets'), required);
  const ackWaitMs = 1_000;
  const gapPatienceMs = (shipped.gapPatienceMs / shipped.ackWaitMs) * ackWaitMs;
  let failures = 0;
  const replica = inOrder(subject, ({ version }) => {
    if (version !== 1 || failures > 0) return;
    failures += 1;
    throw new Error('only this once');
  });
  await bench.consumer([replica], { settings: { ackWaitMs, gapPatienceMs } });
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 0), ticketEvent(id, 2));
  await bench.parkedIs(1);
  await sleep(ackWaitMs / 2); // so that its next delivery is more than an ack wait after the parking
  await bench.publish(subject, ticketEvent(id, 1));
  await bench.versionIs(id, 2);
  expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2]);
  await bench.outcomesAre({ applied: 3, parked: 1, failed: 1 });
  expect(skips()).toEqual([]);
});

test('an aggregate without any earlier event is applied as a whole, too', async () => {
  await bench.consumer([inOrder(subject)], { settings: { gapPatienceMs: 100 } });
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 7));
  await bench.versionIs(id, 7);
  await waitFor(async () => (await bench.count('skipped')) === 1);
});

test('the patience of the event that waits longest counts, and the lowest one is applied first', async () => {
  const id = newId();
  const parked = [2, 5].map((version) => ({
    ...{ version, event: JSON.stringify(ticketEvent(id, version)), at: version === 5 ? new Date(1) : new Date() },
    from: { group: bench.group, channel: subject, sequence: version, storedAt: 1 },
  }));
  await bench.replica.documents.insertOne({ _id: new Types.ObjectId(id), version: -1, parked });
  await bench.consumer([inOrder(subject)], { settings: { gapPatienceMs: 600_000 } });
  await bench.versionIs(id, 5);
  expect((await bench.replica.find(id))?.history).toEqual([2, 5]);
});

test("patience is measured by the database's clock, not by this process's", async () => {
  const realNow = Date.now;
  const id = newId();
  await bench.consumer([inOrder(subject)], { settings: { gapPatienceMs: 60_000 } });
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() + 3_600_000);
  try {
    await bench.publish(subject, ticketEvent(id, 1));
    await waitFor(async () => (await bench.parkedCount()) === 1);
    await sleep(500);
    expect(await bench.replica.find(id)).toBeNull();
    expect(Math.abs(((await parkedAt())[0] ?? 0) - realNow())).toBeLessThan(60_000);
  } finally {
    jest.restoreAllMocks();
  }
});

test('a skipped event that comes later counts as seen', async () => {
  await bench.consumer([inOrder(subject)], { settings: { gapPatienceMs: 100 } });
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 0), ticketEvent(id, 2));
  await bench.versionIs(id, 2);
  await bench.publish(subject, ticketEvent(id, 1));
  await waitFor(async () => (await bench.count('seen')) === 1);
  expect((await bench.replica.find(id))?.history).toEqual([0, 2]);
});

test('a snapshot is applied at once over a gap, with parked events behind it; an old one counts as seen', async () => {
  await bench.consumer([inOrder(subject)]);
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 6), ticketEvent(id, 3));
  await waitFor(async () => (await bench.parkedCount()) === 2);
  await bench.publish(subject, ticketEvent(id, 5, { snapshot: true }));
  await bench.versionIs(id, 6);
  expect((await bench.replica.find(id))?.history).toEqual([5, 6]);
  await waitFor(async () => (await bench.parkedCount()) === 0, { what: 'the passed one to be swept away' });

  await bench.publish(subject, ticketEvent(id, 5, { snapshot: true }), ticketEvent(id, 6, { snapshot: true }));
  await waitFor(async () => (await bench.count('seen')) === 2);
  expect((await bench.replica.find(id))?.history).toEqual([5, 6]);
});
