import { UnavailableError } from '../errors/kinds';
import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, ticketEvent, type TicketEvent } from './consumer.test.helper';
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
  let mended = false;
  const handle = ({ id }: TicketEvent): Promise<'applied'> => {
    if (!mended) return Promise.reject(new Error('broken'));
    return id === stuck ? Promise.reject(new UnavailableError('no room')) : Promise.resolve('applied');
  };
  const listener: Listener = { subject, ordering: 'any-order', key: ({ id }) => id, handle };
  await bench.consumer([listener], { settings: { maxAttempts: 1 } });
  const store = deadLetterStore(bench.connection);
  await bench.publish(subject, ticketEvent(stuck, 0));
  await waitFor(async () => (await store.list()).length === 1);
  await bench.publish(subject, ticketEvent(newId(), 0), ticketEvent(newId(), 0));
  await waitFor(async () => (await store.list()).length === 3);
  mended = true;
  for (const { _id } of await store.list()) await store.redrive(_id);
  const [left] = await waitFor(async () => {
    const letters = await store.list();
    return letters.length === 1 ? letters : undefined;
  });
  expect(left?.payload).toContain(stuck);
  await waitFor(async () => (await bench.count('postponed')) >= 1);
});

test('parked events that nobody listens to any more do not keep the others waiting', async () => {
  const parked = bench.connection.collection<{ _id: string }>('parked_events');
  const old = { group: bench.group, subject: 'order:created', version: 5, payload: '{}', parkedAt: new Date(0) };
  await parked.insertMany(Array.from({ length: 200 }, () => ({ ...old, _id: newId(), aggregateId: newId() })));
  await bench.consumer([inOrder(subject, bench.replica)], { settings: { gapPatienceMs: 100 } });
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 3));
  await bench.versionIs(id, 3);
});

test('a parked event that fails is tried again after the ack wait, not in each sweep', async () => {
  const id = newId();
  const tries: number[] = [];
  const replica = {
    versionOf: (aggregateId: string) => bench.replica.versionOf(aggregateId),
    apply: (...args: Parameters<typeof bench.replica.apply>) => {
      if (args[0].version !== 1) return bench.replica.apply(...args);
      if ('exactly' in args[1] && tries.length === 0 && !released) return Promise.resolve(false);
      tries.push(Date.now());
      return Promise.reject(new Error('not this one'));
    },
  };
  let released = false;
  await bench.consumer([inOrder(subject, replica)]);
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
