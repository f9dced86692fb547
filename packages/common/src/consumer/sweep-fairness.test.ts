import { Types } from 'mongoose';
import { UnavailableError } from '../errors/kinds';
import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, REDELIVERED_SOON, ticketEvent, type TicketEvent } from './consumer.test.helper';
import { deadLetterStore } from './failures/dead-letters';
import type { Listener } from './listener';

const subject = 'ticket:updated';
let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

test('a redriven letter that cannot be handled now does not keep the ones behind it waiting', async () => {
  const stuck = newId();
  let fixed = false;
  const handle = ({ id }: TicketEvent): Promise<'applied'> => {
    if (!fixed) return Promise.reject(new Error('broken'));
    return id === stuck ? Promise.reject(new UnavailableError('no room')) : Promise.resolve('applied');
  };
  const listener: Listener = { subject, ordering: 'any-order', key: ({ id }) => id, handle };
  await bench.consumer([listener], { settings: { maxAttempts: 1 } });
  const store = deadLetterStore(bench.connection);
  await bench.publish(subject, ticketEvent(stuck, 0));
  await waitFor(async () => (await store.list()).length === 1);
  await bench.publish(subject, ticketEvent(newId(), 0), ticketEvent(newId(), 0));
  await waitFor(async () => (await store.list()).length === 3);
  fixed = true;
  for (const { _id } of await store.list()) await store.redrive(_id);
  const [left] = await waitFor(async () => {
    const letters = await store.list();
    return letters.length === 1 ? letters : undefined;
  });
  expect(left?.payload).toContain(stuck);
  await waitFor(async () => (await bench.count('postponed')) >= 1);
});

test('gaps that wait do not keep what fits from its turn, however many they are', async () => {
  const parked = (version: number, id = newId()) => {
    const from = { group: bench.group, channel: subject, sequence: 1, storedAt: 1 };
    const waiting = {
      version,
      event: JSON.stringify(ticketEvent(id, version)),
      at: new Date(Date.now() - 10_000),
      from,
    };
    return { _id: new Types.ObjectId(id), version: -1, parked: [waiting] };
  };
  const id = newId();
  await bench.replica.documents.insertMany([...Array.from({ length: 500 }, () => parked(5)), parked(0, id)]);
  await bench.consumer([inOrder(subject)], { settings: REDELIVERED_SOON });
  await bench.versionIs(id, 0);
  expect(await bench.parkedCount()).toBe(500);
});

test('a parked event that fails is tried again after the ack wait, not in each sweep', async () => {
  const id = newId();
  const tries: number[] = [];
  const replica = inOrder(subject, ({ version }) => {
    if (version !== 1 || !released) return;
    tries.push(Date.now());
    throw new Error('not this one');
  });
  let released = false;
  await bench.consumer([replica], { settings: REDELIVERED_SOON });
  await bench.publish(subject, ticketEvent(id, 1));
  await waitFor(async () => (await bench.parkedCount()) === 1);
  released = true;
  await bench.publish(subject, ticketEvent(id, 0));
  await waitFor(() => tries.length === 3);
  const pauses = tries.slice(1).map((time, index) => time - (tries[index] ?? 0));
  for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(1_000);
  await waitFor(async () => (await bench.parkedCount()) === 0);
  expect(await deadLetterStore(bench.connection).list()).toMatchObject([{ reason: 'failed', attempts: 3 }]);
});
