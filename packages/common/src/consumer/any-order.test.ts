import type { AnyEvent } from '../events/contracts';
import { NotConnectedError } from '../broker/errors';
import { OutboxFullError } from '../outbox/errors';
import { sleep } from '../runtime/retry';
import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, REDELIVERED_SOON, type TicketEvent, ticketEvent } from './consumer.test.helper';
import { deadLetterStore } from './failures/dead-letters';
import type { Listener } from './listener';

const subject = 'ticket:updated';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

type Handle = (event: TicketEvent) => Promise<'applied' | 'seen'>;

function listener(handle: Handle, key = (event: AnyEvent) => event.id): Listener {
  return { subject, ordering: 'any-order', key, handle };
}

const letters = () => deadLetterStore(bench.connection).list();

test('two listeners for one subject are refused: only one of them would get its events', async () => {
  const nothing = listener(() => Promise.resolve('seen'));
  for (const other of [nothing, inOrder(subject)]) {
    await expect(bench.consumer([nothing, other])).rejects.toThrow(`two listeners for ${subject}`);
  }
});

test('events of one key are handled one at a time, of different keys at the same time', async () => {
  const [a, b] = [newId(), newId()];
  const running = new Map<string, number>();
  let most = { ofOneKey: 0, ofAll: 0 };
  await bench.consumer([
    listener(async ({ id }) => {
      running.set(id, (running.get(id) ?? 0) + 1);
      const counts = [...running.values()];
      most = {
        ofOneKey: Math.max(most.ofOneKey, ...counts),
        ofAll: Math.max(
          most.ofAll,
          counts.reduce((sum, count) => sum + count, 0),
        ),
      };
      await sleep(5);
      running.set(id, (running.get(id) ?? 0) - 1);
      return 'applied';
    }),
  ]);
  for (let version = 0; version < 20; version += 1) {
    await bench.publish(subject, ticketEvent(a, version), ticketEvent(b, version));
  }
  await waitFor(async () => (await bench.count('applied')) === 40);
  expect(most).toEqual({ ofOneKey: 1, ofAll: 2 });
});

test('a handler that throws gets the event again after the ack wait, and it counts as handled later', async () => {
  const calls: number[] = [];
  await bench.consumer(
    [
      listener(() => {
        calls.push(Date.now());
        return calls.length === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve('applied');
      }),
    ],
    { settings: REDELIVERED_SOON },
  );
  const published = Date.now();
  await bench.publish(subject, ticketEvent(newId(), 0));
  await waitFor(async () => (await bench.count('applied')) === 1);
  expect((calls[1] ?? 0) - published).toBeGreaterThan(700);
  await bench.outcomesAre({ failed: 1, applied: 1 });
  await sleep(1_500);
  expect(calls).toHaveLength(2);
  expect(await letters()).toEqual([]);
});

test('a handler that fails maxAttempts times makes a dead letter with its reason, and the next event is handled', async () => {
  const [bad, good] = [newId(), newId()];
  const handled: string[] = [];
  await bench.consumer(
    [
      listener(({ id }) => {
        if (id === bad) throw new Error('cannot be done');
        handled.push(id);
        return Promise.resolve('applied');
      }),
    ],
    { settings: REDELIVERED_SOON },
  );
  const event = ticketEvent(bad, 0);
  await bench.publish(subject, event, ticketEvent(good, 0));
  await waitFor(async () => (await bench.count('dead-lettered')) === 1);
  const [letter] = await letters();
  const [sequence] = await bench.sequences(subject);
  expect(letter).toMatchObject({
    ...{ group: bench.group, channel: subject, sequence, state: 'dead' },
    ...{ reason: 'failed', message: 'Error: cannot be done', attempts: 3 },
  });
  expect(JSON.parse(letter?.payload ?? '')).toEqual(event);
  expect(handled).toEqual([good]);
  await bench.outcomesAre({ failed: 2, applied: 1, 'dead-lettered': 1 });
  expect(bench.lines.filter(({ msg }) => msg === 'a handler failed').map(({ attempts }) => attempts)).toEqual([
    1, 2, 3,
  ]);
  expect(await bench.connection.collection('delivery_failures').countDocuments()).toBe(0);
});

test('failures are counted over all members of the group, and not by the redeliveries of the server', async () => {
  const id = newId();
  const fails = () => Promise.reject(new Error('no'));
  const first = await bench.consumer([listener(fails)], { settings: REDELIVERED_SOON });
  await bench.publish(subject, ticketEvent(id, 0));
  await waitFor(async () => (await bench.count('failed')) === 1);
  await first.drain();
  await sleep(1_100);
  await bench.consumer([listener(fails)], { settings: REDELIVERED_SOON });
  await waitFor(async () => (await letters()).length === 1);
  expect(await bench.count('failed')).toBe(2);
  expect((await letters())[0]).toMatchObject({ attempts: 3 });
});

test('an event that cannot be given a key becomes a dead letter, and the next one is handled', async () => {
  const [bad, good] = [newId(), newId()];
  const handled: string[] = [];
  const handle: Handle = ({ id }) => {
    handled.push(id);
    return Promise.resolve('applied');
  };
  const key = (event: AnyEvent) => {
    if (event.id === bad) throw new Error('no key');
    return event.id;
  };
  await bench.consumer([listener(handle, key)], { settings: { ...REDELIVERED_SOON, maxAttempts: 2 } });
  await bench.publish(subject, ticketEvent(bad, 0), ticketEvent(good, 0));
  await waitFor(async () => (await letters()).length === 1);
  expect((await letters())[0]).toMatchObject({ reason: 'failed', message: 'Error: no key' });
  expect(handled).toEqual([good]);
});

test.each<[string, () => Error]>([
  ['NATS Streaming away', () => new NotConnectedError('NATS Streaming')],
  ['an outbox full', () => new OutboxFullError('t1', 1_000)],
])('a handler that finds %s is tried again, counted as postponed and never as failed', async (_, newError) => {
  const errors = Array.from({ length: 4 }, newError);
  await bench.consumer(
    [
      listener(() => {
        const error = errors.pop();
        return error ? Promise.reject(error) : Promise.resolve('applied');
      }),
    ],
    { settings: { ...REDELIVERED_SOON, maxAttempts: 2 } },
  );
  await bench.publish(subject, ticketEvent(newId(), 0));
  await waitFor(async () => (await bench.count('applied')) === 1);
  await bench.outcomesAre({ applied: 1, postponed: 4 });
  expect(await letters()).toEqual([]);
  expect(bench.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('poison becomes a dead letter at once, raw and whole, and the events around it are handled', async () => {
  const poisons = [
    ['not-json', '{"id": "torn'],
    ['not-json', ''],
    ['schema', JSON.stringify({ ...ticketEvent(newId(), 0), version: 'one', colour: 'red' })],
    ['schema', 'null'],
  ] as const;
  const handled: number[] = [];
  await bench.consumer([
    listener(({ version }) => {
      handled.push(version);
      return Promise.resolve('applied');
    }),
  ]);
  for (const [index, [, poison]] of poisons.entries()) {
    await bench.broker.publish(subject, poison);
    await bench.publish(subject, ticketEvent(newId(), index));
  }
  await waitFor(async () => (await bench.acked()) === 8);
  expect(handled).toEqual([0, 1, 2, 3]);
  const wanted = poisons.map(([reason, payload]) => ({ reason, payload, attempts: 0, state: 'dead' }));
  expect((await letters()).sort((a, b) => a.sequence - b.sequence)).toMatchObject(wanted);
  await sleep(1_500);
  await bench.outcomesAre({ applied: 4, 'dead-lettered': 4 });
});

test('a handler that throws something that is no error is a failure like any other', async () => {
  const thrown: unknown[] = [undefined, 'text', Object.create(null)];
  await bench.consumer(
    [
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the test needs it
      listener(() => Promise.reject(thrown.pop())),
    ],
    { settings: REDELIVERED_SOON },
  );
  await bench.publish(subject, ticketEvent(newId(), 0));
  await waitFor(async () => (await bench.count('dead-lettered')) === 1);
  expect(await letters()).toHaveLength(1);
  expect(await bench.count('failed')).toBe(2);
});
