import { sleep } from '../../runtime/retry';
import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, REDELIVERED_SOON, type TicketEvent, ticketEvent } from '../consumer.test.helper';
import { type DeadLetter, deadLetterStore } from './dead-letters';
import { encodeEvent } from '../../events/contracts';
import type { Listener } from '../listener';

const subject = 'ticket:updated';

let bench: Bench;
let store: ReturnType<typeof deadLetterStore>;
let handle: (event: TicketEvent) => Promise<'applied' | 'seen'>;
const listener: Listener = {
  subject,
  ordering: 'any-order',
  key: ({ id }) => id,
  handle: (event) => handle(event),
};

beforeEach(async () => {
  bench = await Bench.open();
  store = deadLetterStore(bench.connection);
  handle = () => Promise.reject(new Error('broken'));
});
afterEach(() => bench.close());

/** A letter of an event whose handler failed too often. */
async function letterOf(event: TicketEvent): Promise<DeadLetter> {
  await bench.publish(subject, event);
  return waitFor(async () => (await store.list()).find(({ payload }) => payload === encodeEvent(subject, event)));
}

test('dead letters are listed oldest first, up to a limit, and each can be shown', async () => {
  await bench.consumer([listener], { settings: { maxAttempts: 1 } });
  const first = await letterOf(ticketEvent(newId(), 0));
  const second = await letterOf(ticketEvent(newId(), 0));
  expect(await store.list()).toEqual([first, second]);
  expect(await store.list({}, 1)).toEqual([first]);
  expect(await store.list({ sequence: second.sequence })).toEqual([second]);
  expect(await store.show(second._id)).toEqual(second);
  expect(await store.show('another')).toBeNull();
});

test('a dropped letter is gone, and dropping or redriving a missing one says so', async () => {
  await bench.consumer([listener], { settings: { maxAttempts: 1 } });
  const { _id } = await letterOf(ticketEvent(newId(), 0));
  expect(await store.drop(_id)).toBe(true);
  expect(await store.list()).toEqual([]);
  expect(await store.drop(_id)).toBe(false);
  expect(await store.redrive(_id)).toBe(false);
});

test('a letter stays dead without a redrive, also when the handler works again', async () => {
  await bench.consumer([listener], { settings: { maxAttempts: 1 } });
  await letterOf(ticketEvent(newId(), 0));
  handle = () => Promise.resolve('applied');
  await sleep(1_500);
  expect(await store.list()).toMatchObject([{ state: 'dead' }]);
});

test('a redriven letter is handled by the fixed handler and is gone', async () => {
  await bench.consumer([listener], { settings: { maxAttempts: 1 } });
  const event = ticketEvent(newId(), 0);
  const { _id } = await letterOf(event);
  const handled: TicketEvent[] = [];
  handle = (given) => Promise.resolve(handled.push(given) > 0 ? 'applied' : 'seen');
  expect(await store.redrive(_id)).toBe(true);
  await waitFor(async () => (await store.list()).length === 0);
  expect(handled).toEqual([event]);
  expect(await bench.count('applied')).toBe(1);
});

test('a redriven letter that still fails is tried maxAttempts times and dead again', async () => {
  await bench.consumer([listener], { settings: { ...REDELIVERED_SOON, maxAttempts: 2 } });
  const before = await letterOf(ticketEvent(newId(), 0));
  let tries = 0;
  handle = () => Promise.reject(new Error(`still broken ${(tries += 1)}`));
  await store.redrive(before._id);
  await waitFor(() => tries === 2);
  const after = await waitFor(async () => (await store.list({ state: 'dead' }))[0]);
  expect(after).toMatchObject({ _id: before._id, message: 'Error: still broken 2', attempts: 2 });
  await sleep(300);
  expect(tries).toBe(2);
});

test('a redriven letter that breaks its schema is dead again, not lost', async () => {
  await bench.consumer([listener]);
  await bench.broker.publish(subject, 'poison');
  const [letter] = await waitFor(async () => ((await store.list()).length === 1 ? store.list() : undefined));
  await store.redrive(letter?._id ?? '');
  const again = await waitFor(async () => (await store.list({ state: 'dead' }))[0]);
  expect(again).toMatchObject({ _id: letter?._id, payload: 'poison', reason: 'not-json' });
});

test('an event in order that is redriven after its version was passed is seen and gone', async () => {
  const id = newId();
  let broken = true;
  const replica = inOrder(subject, ({ version }) => {
    if (broken && version === 1) throw new Error('no');
  });
  await bench.consumer([replica], { settings: { maxAttempts: 1, gapPatienceMs: 100 } });
  await bench.publish(subject, ticketEvent(id, 0), ticketEvent(id, 1), ticketEvent(id, 2));
  await bench.versionIs(id, 2);
  const [letter] = await store.list();
  expect(letter).toMatchObject({ reason: 'failed' });
  broken = false;
  await store.redrive(letter?._id ?? '');
  await waitFor(async () => (await store.list()).length === 0);
  expect((await bench.replica.find(id))?.history).toEqual([0, 2]);
  expect(await bench.outcomes()).toMatchObject({ seen: 1, skipped: 1, 'dead-lettered': 1 });
});

test('an event in order that is redriven in time fills the gap, and parked events behind it follow', async () => {
  const id = newId();
  let broken = true;
  const replica = inOrder(subject, ({ version }) => {
    if (broken && version === 1) throw new Error('no');
  });
  await bench.consumer([replica], { settings: { maxAttempts: 1 } });
  await bench.publish(subject, ticketEvent(id, 0), ticketEvent(id, 1), ticketEvent(id, 2));
  await waitFor(async () => (await bench.parkedCount()) === 1 && (await store.list()).length === 1);
  broken = false;
  await store.redrive((await store.list())[0]?._id ?? '');
  await bench.versionIs(id, 2);
  expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2]);
  await waitFor(async () => (await store.list()).length === 0);
});
