import type { AnyEvent } from '../events/contracts';
import { encodeEvent } from '../events/contracts';
import { sleep } from '../runtime/retry';
import { waitFor } from '@ticketing/testing';
import { InOrder } from './apply-in-order';
import { Bench, inOrder, newId, type TestReplica, ticketEvent } from './consumer.test.helper';
import { consumerStores } from './consumer-stores';
import type { Expected, Replica } from './ordering';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const subject = 'ticket:updated';

/** The mechanism of one member, without messages. */
async function member(replica: Replica<AnyEvent>) {
  const stores = await consumerStores(bench.connection, bench.group, 3, bench.logger);
  const count = () => undefined;
  const parkedWatch = { keep: () => undefined }; // nobody keeps watch
  const mechanism = new InOrder({ replica, ...stores, parkedWatch, retryAfterMs: 1_000, logger: bench.logger, count });
  const take = (id: string, version: number) => {
    const event = ticketEvent(id, version);
    const origin = { group: bench.group, channel: subject, sequence: version + 1, storedAt: 1 };
    return mechanism.apply({ subject, event, origin, payload: encodeEvent(subject, event) });
  };
  return { take, stores, mechanism };
}

/** A replica where something else happens right after each reading of a version. */
function interrupted(replica: TestReplica, afterRead: () => Promise<unknown>): Replica<AnyEvent> {
  return {
    apply: (event: AnyEvent, expected: Expected) => replica.apply(event, expected),
    async versionOf(id) {
      const version = await replica.versionOf(id);
      await afterRead();
      return version;
    },
  };
}

test('ten times maxInFlight successors ahead of every predecessor converge, and none is delivered for ever', async () => {
  const maxInFlight = 8;
  const ids = Array.from({ length: 10 * maxInFlight }, newId);
  for (const version of [2, 1]) await bench.publish(subject, ...ids.map((id) => ticketEvent(id, version)));
  await bench.publish(subject, ...ids.map((id) => ticketEvent(id, 0)));

  await bench.consumer([inOrder(subject, bench.replica)], { settings: { maxInFlight } });
  await waitFor(async () => (await bench.count('applied')) === 3 * ids.length, { timeoutMs: 40_000 });
  expect((await bench.replica.all()).map(({ history }) => history)).toEqual(ids.map(() => [0, 1, 2]));
  await bench.parkedIs(0);

  const before = await bench.outcomes();
  await sleep(2_500); // two ack waits and a half: what was not acked would be here again
  await bench.outcomesAre(before);
});

test('stale events and gaps of many interleaved aggregates touch only their own', async () => {
  await bench.consumer([inOrder(subject, bench.replica)]);
  const [stale, gapped, plain] = [newId(), newId(), newId()];
  await bench.publish(
    subject,
    ...[ticketEvent(stale, 0), ticketEvent(gapped, 0), ticketEvent(stale, 1), ticketEvent(plain, 0)],
    ...[ticketEvent(gapped, 2), ticketEvent(stale, 0), ticketEvent(plain, 1), ticketEvent(stale, 1)],
  );
  await waitFor(async () => (await bench.settled()) === 8);
  expect((await bench.replica.find(stale))?.history).toEqual([0, 1]);
  expect((await bench.replica.find(gapped))?.history).toEqual([0]);
  expect((await bench.replica.find(plain))?.history).toEqual([0, 1]);
  await bench.outcomesAre({ applied: 5, seen: 2, parked: 1 });
});

test('created and updated come by two channels and are one sequence', async () => {
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 2), ticketEvent(id, 1));
  await bench.consumer([inOrder('ticket:created', bench.replica), inOrder(subject, bench.replica)]);
  await waitFor(async () => (await bench.parkedCount()) === 2);
  await bench.publish('ticket:created', ticketEvent(id, 0));
  await bench.versionIs(id, 2);
  expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2]);
});

test('a predecessor that another member applies between the check and the parking is noticed', async () => {
  const id = newId();
  const other = await member(bench.replica);
  let reads = 0;
  const replica = interrupted(bench.replica, async () => {
    reads += 1;
    if (reads === 1) await other.take(id, 0); // it looks for what is parked, and finds nothing yet
  });
  const { take } = await member(replica);
  await take(id, 1);
  expect((await bench.replica.find(id))?.history).toEqual([0, 1]);
  await bench.parkedIs(0);
});

test('an event parked while another member applies its predecessor is found by that member', async () => {
  const id = newId();
  const late = await member(bench.replica);
  const replica: Replica<AnyEvent> = {
    versionOf: (aggregateId) => bench.replica.versionOf(aggregateId),
    async apply(event, expected) {
      if (event.version === 0) await late.take(id, 1); // parked, and looked at the version, before the write
      return bench.replica.apply(event, expected);
    },
  };
  const { take } = await member(replica);
  expect(await take(id, 0)).toBe('applied');
  expect((await bench.replica.find(id))?.history).toEqual([0, 1]);
});

test('two members that take both events at the same moment end right every time', async () => {
  const [one, two] = [await member(bench.replica), await member(bench.replica)];
  const ids = Array.from({ length: 100 }, newId);
  await Promise.all(ids.flatMap((id) => [one.take(id, 1), two.take(id, 0), two.take(id, 1), one.take(id, 2)]));
  const histories = (await bench.replica.all()).map(({ history }) => history.join());
  expect(histories).toEqual(ids.map(() => '0,1,2'));
  await bench.parkedIs(0);
});

test('a crash after the write and before the look at what is parked: the sweep goes on', async () => {
  const id = newId();
  const { take } = await member(bench.replica);
  expect(await take(id, 1)).toBe('parked');
  expect(await take(id, 2)).toBe('parked');
  await bench.replica.apply(ticketEvent(id, 0), { exactly: undefined }); // and then the process died
  await bench.consumer([inOrder(subject, bench.replica)]);
  await bench.versionIs(id, 2);
  await bench.parkedIs(0);
  expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2]);
});

test('a crash after the write of a parked event and before its removal: the sweep removes it', async () => {
  const id = newId();
  const { take } = await member(bench.replica);
  await take(id, 1);
  for (const version of [0, 1]) await bench.replica.apply(ticketEvent(id, version), { below: version });
  await bench.consumer([inOrder(subject, bench.replica)]);
  await bench.parkedIs(0);
  expect((await bench.replica.find(id))?.history).toEqual([0, 1]);
});

test('a crash after the parking and before the ack: it is delivered again and parked once, as long as before', async () => {
  const id = newId();
  const { take, stores } = await member(bench.replica);
  await take(id, 1);
  const [first] = await stores.parked.oldest([subject], 10);
  await sleep(20);
  expect(await take(id, 1)).toBe('parked');
  expect(await stores.parked.oldest([subject], 10)).toEqual([first]);
});

test('many members park the same event at the same moment, and it is parked once', async () => {
  const members = await Promise.all(Array.from({ length: 8 }, () => member(bench.replica)));
  const ids = Array.from({ length: 20 }, newId);
  const outcomes = await Promise.all(ids.flatMap((id) => members.map(({ take }) => take(id, 3))));
  expect(new Set(outcomes)).toEqual(new Set(['parked']));
  expect(await bench.parkedCount()).toBe(ids.length);
});

test('two groups of one database park apart', async () => {
  const id = newId();
  const { take } = await member(bench.replica);
  await take(id, 1);
  const stores = await consumerStores(bench.connection, 'another', 3, bench.logger);
  expect(await stores.parked.find(id, 1)).toBeNull();
  expect(await stores.parked.oldest([subject], 10)).toEqual([]);
});

test('a parked event that the replica refuses becomes a dead letter, and its successor still comes in by patience', async () => {
  const id = newId();
  const replica: Replica<AnyEvent> = {
    versionOf: (aggregateId) => bench.replica.versionOf(aggregateId),
    async apply(event, expected) {
      if (event.version === 1 && (await bench.replica.versionOf(id)) === 0) throw new Error('not this one');
      return bench.replica.apply(event, expected);
    },
  };
  await bench.consumer([inOrder(subject, replica)], { settings: { gapPatienceMs: 4_000 } });
  await bench.publish(subject, ticketEvent(id, 2), ticketEvent(id, 1), ticketEvent(id, 0));
  await bench.versionIs(id, 2);
  expect((await bench.replica.find(id))?.history).toEqual([0, 2]);
  const letters = await bench.connection.collection('dead_letters').find().toArray();
  const sequence = 2;
  expect(letters).toMatchObject([{ reason: 'failed', attempts: 3, message: 'Error: not this one', sequence }]);
  await bench.outcomesAre({ parked: 2, applied: 1, failed: 2, 'dead-lettered': 1, skipped: 1 });
});

test('a replica that never takes an event it should take is a failure, not an endless loop', async () => {
  const id = newId();
  const replica: Replica<AnyEvent> = {
    versionOf: () => Promise.resolve(undefined),
    apply: () => Promise.resolve(false),
  };
  await bench.consumer([inOrder(subject, replica)], { settings: { maxAttempts: 1 } });
  await bench.publish(subject, ticketEvent(id, 0));
  await waitFor(async () => (await bench.count('dead-lettered')) === 1);
});
