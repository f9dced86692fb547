import type { AnyEvent } from '../events/contracts';
import { sleep } from '../runtime/retry';
import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, ticketEvent, type TicketEvent } from './consumer.test.helper';
import { deadLetterStore } from './failures/dead-letters';
import type { Listener } from './listener';
import type { Expected, Replica } from './ordering';

const subject = 'ticket:updated';
let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
let release: () => void = () => undefined;
afterEach(() => {
  release();
  return bench.close();
});

/** Notes what runs, one key for all; what is held goes on when it is released. */
function overlaps() {
  const running = new Set<number>();
  const seen: number[][] = [];
  const released = new Promise<void>((resolve) => (release = resolve));
  const run = async <T>(version: number, held: boolean, task: () => Promise<T>): Promise<T> => {
    running.add(version);
    seen.push([...running]);
    if (held) await released;
    const result = await task();
    running.delete(version);
    return result;
  };
  return { seen, run };
}

/** The bench's replica, whose writes are noted; that of version `held` waits until it is released. */
function notedReplica(held: number) {
  const noted = overlaps();
  const { replica } = bench;
  const watched: Replica<AnyEvent> = {
    versionOf: (id) => replica.versionOf(id),
    apply: (event: AnyEvent, expected: Expected) =>
      noted.run(event.version, event.version === held, () => replica.apply(event, expected)),
  };
  return { ...noted, replica: watched };
}

const overlapping = (seen: readonly number[][]) => seen.filter((running) => running.length > 1);

test('a redriven letter waits for a delivery of the same key, and does not hold up those of others', async () => {
  const [id, other] = [newId(), newId()];
  const { seen, run } = overlaps();
  let mended = false;
  const redrivenOthers: number[] = [];
  const handle = (event: TicketEvent): Promise<'applied'> => {
    if (!mended) return Promise.reject(new Error('broken'));
    if (event.id === other) return Promise.resolve(redrivenOthers.push(event.version)).then(() => 'applied');
    return run(event.version, event.version === 1, () => Promise.resolve('applied'));
  };
  const listener: Listener = { subject, ordering: 'any-order', key: (event) => event.id, handle };
  await bench.consumer([listener], { settings: { maxAttempts: 1, ackWaitMs: 30_000 } });
  const store = deadLetterStore(bench.connection);
  await bench.publish(subject, ticketEvent(id, 0));
  await waitFor(async () => (await store.list()).length === 1);
  await bench.publish(subject, ticketEvent(other, 0));
  await waitFor(async () => (await store.list()).length === 2);
  mended = true;
  await bench.publish(subject, ticketEvent(id, 1));
  await waitFor(() => seen.length === 1);
  for (const { _id } of await store.list()) await store.redrive(_id);
  await waitFor(() => redrivenOthers.length === 1, { what: 'the letter of another key' });
  await sleep(300); // some sweeps
  expect(seen).toEqual([[1]]);
  release();
  await waitFor(async () => (await store.list()).length === 0);
  expect(seen).toEqual([[1], [0]]);
});

test('a parked event whose patience is over waits for a delivery of the same aggregate', async () => {
  const id = newId();
  const { seen, replica } = notedReplica(0);
  await bench.consumer([inOrder(subject, replica)], {
    settings: { gapPatienceMs: 0, ackWaitMs: 30_000, sweepMs: 300 },
  });
  await bench.publish(subject, ticketEvent(id, 0));
  await waitFor(() => seen.length === 1);
  const origin = { group: bench.group, channel: subject, sequence: 100, storedAt: 0 };
  const payload = JSON.stringify(ticketEvent(id, 3));
  const parked = { ...origin, subject, aggregateId: id, version: 3, payload, parkedAt: new Date(0) };
  await bench.connection
    .collection<{ _id: string }>('parked_events')
    .insertOne({ ...parked, _id: `${bench.group}|${id}|3` });
  await sleep(1_000); // some sweeps
  expect(overlapping(seen)).toEqual([]);
  release();
  await bench.versionIs(id, 3);
  expect(overlapping(seen)).toEqual([]);
});

test('a look at what this process parked waits for a delivery of the same aggregate', async () => {
  const id = newId();
  const { seen, replica } = notedReplica(2);
  await bench.consumer([inOrder(subject, replica)], { settings: { ackWaitMs: 30_000, sweepMs: 60_000 } });
  await bench.publish(subject, ticketEvent(id, 1));
  await bench.parkedIs(1);
  await bench.publish(subject, ticketEvent(id, 2));
  await waitFor(() => seen.flat().includes(2));
  await bench.replica.apply(ticketEvent(id, 0), { exactly: undefined }); // by another member
  await sleep(500);
  expect(overlapping(seen)).toEqual([]);
  release();
  await bench.versionIs(id, 2);
  expect(overlapping(seen)).toEqual([]);
});
