import type { AnyEvent } from '../events/contracts';
import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, REDELIVERED_SOON, ticketEvent } from './consumer.test.helper';
import { deadLetterStore } from './failures/dead-letters';
import type { Listener } from './listener';

const subject = 'ticket:updated';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

/** Publishes versions of a ticket like a service without `meta`. */
async function publishPlain(id: string, ...versions: number[]): Promise<void> {
  for (const version of versions) {
    await bench.broker.publish(subject, JSON.stringify({ ...ticketEvent(id, version), meta: undefined }));
  }
}

/** The `meta` of each event that a listener of a separate group gets, by version. */
async function metaOf(versions: number): Promise<Map<number, AnyEvent['meta']>> {
  const seen = new Map<number, AnyEvent['meta']>();
  const listener: Listener = {
    subject,
    ordering: 'any-order',
    key: ({ id }) => id,
    handle: ({ version, meta }) => {
      seen.set(version, meta);
      return Promise.resolve('applied');
    },
  };
  await bench.consumer([listener], { group: `${bench.group}-watch` });
  await waitFor(() => seen.size === versions);
  return seen;
}

/** A replica, and the `meta` of each event that it got, by version. */
function watched(refuse: (event: AnyEvent) => boolean = () => false) {
  const given = new Map<number, AnyEvent['meta'][]>();
  const replica = inOrder(subject, (event) => {
    given.set(event.version, [...(given.get(event.version) ?? []), event.meta]);
    if (refuse(event)) throw new Error('no');
  });
  return { given, replica };
}

test('versions that come late and twice are applied in order, and none is a dead letter', async () => {
  const id = newId();
  const { given, replica } = watched();
  await bench.consumer([replica]);
  await publishPlain(id, 2, 0, 4, 0, 3, 1, 3);
  await bench.versionIs(id, 4);
  await waitFor(async () => (await bench.acked()) >= 10); // three are parked first, and applied later
  expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2, 3, 4]);
  expect(await bench.outcomes()).toMatchObject({ applied: 5 });
  expect(await deadLetterStore(bench.connection).list()).toEqual([]);

  const meta = await metaOf(5);
  // A version that was parked is applied with the same meta that it came with; version 4 was published once.
  expect(new Set(given.get(4)?.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify(meta.get(4))]));
});

test('a redelivered one has the same meta, and so has a dead letter that is redriven', async () => {
  const id = newId();
  let broken = true;
  const { given, replica } = watched(() => broken);
  await bench.consumer([replica], { settings: { ...REDELIVERED_SOON, maxAttempts: 2 } });
  await publishPlain(id, 0);
  const letters = deadLetterStore(bench.connection);
  const letter = await waitFor(async () => (await letters.list())[0]);
  broken = false;
  await letters.redrive(letter._id);
  await bench.versionIs(id, 0);
  const meta = (await metaOf(1)).get(0);
  expect(given.get(0)).toEqual([meta, meta, meta]);
  const failures = bench.lines.filter(({ msg }) => msg === 'a handler failed');
  expect(failures.map(({ eventId }) => eventId)).toEqual([meta?.id, meta?.id]);
});

test('a broken meta is a dead letter', async () => {
  await bench.consumer([inOrder(subject)]);
  const broken = { ...ticketEvent(newId(), 0), meta: { id: 'of mine' } };
  await bench.broker.publish(subject, JSON.stringify(broken));
  await waitFor(async () => (await bench.count('dead-lettered')) === 1);
  const [letter] = await deadLetterStore(bench.connection).list();
  expect(letter).toMatchObject({ reason: 'schema', message: expect.stringContaining('meta.id') });
});
