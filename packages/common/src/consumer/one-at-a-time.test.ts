import { Types } from 'mongoose';
import { sleep } from '../runtime/retry';
import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, ticketEvent, type TicketEvent } from './consumer.test.helper';
import { deadLetterStore } from './failures/dead-letters';
import type { Listener } from './listener';

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

/** Records what runs, with one key for all. What is held continues when it is released. */
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

/** A replica whose attempts are recorded; that of version `held` waits until it is released. */
function notedReplica(held: number) {
  const noted = overlaps();
  const replica = inOrder(subject, ({ version }) => noted.run(version, version === held, () => Promise.resolve()));
  return { ...noted, replica };
}

const overlapping = (seen: readonly number[][]) => seen.filter((running) => running.length > 1);

test('a redriven letter waits for a delivery of the same key, and does not hold up those of others', async () => {
  const [id, other] = [newId(), newId()];
  const { seen, run } = overlaps();
  let fixed = false;
  const redrivenOthers: number[] = [];
  const handle = (event: TicketEvent): Promise<'applied'> => {
    if (!fixed) return Promise.reject(new Error('broken'));
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
  fixed = true;
  await bench.publish(subject, ticketEvent(id, 1));
  await waitFor(() => seen.length === 1);
  // Both are due at one moment, so that one sweep has both.
  const redriven = { state: 'redriven', notBefore: new Date(Date.now() + 2_000) };
  await bench.connection.collection('dead_letters').updateMany({}, { $set: redriven });
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
  await bench.consumer([replica], {
    settings: { gapPatienceMs: 0, ackWaitMs: 30_000, sweepMs: 300 },
  });
  await bench.publish(subject, ticketEvent(id, 0));
  await waitFor(() => seen.length === 1);
  const from = { group: bench.group, channel: subject, sequence: 100, storedAt: 0 };
  await bench.replica.documents.insertOne({
    ...{ _id: new Types.ObjectId(id), version: -1 },
    parked: [{ version: 3, event: JSON.stringify(ticketEvent(id, 3)), at: new Date(1), from }],
  });
  await sleep(1_000); // some sweeps
  expect(overlapping(seen)).toEqual([]);
  release();
  await bench.versionIs(id, 3);
  expect(overlapping(seen)).toEqual([]);
});
