import { encodeEvent } from '../events/contracts';
import { type ForeignPublisher, foreignPublisher, testBroker, uniqueName, waitFor } from '@ticketing/testing';
import { Bench, newId, ticketEvent } from './consumer.test.helper';
import { deadLetterStore } from './failures/dead-letters';

const subject = 'ticket:updated';
const channelPrefix = `${uniqueName()}.`;

let bench: Bench;
let foreign: ForeignPublisher;
beforeEach(async () => {
  bench = await Bench.open({ broker: () => testBroker(channelPrefix) });
  foreign = await foreignPublisher();
});
afterEach(async () => {
  await foreign.close();
  await bench.close();
});

/** A message of a foreign publisher. */
const publishBytes = (bytes: Buffer) => foreign.publish(channelPrefix + subject, bytes);

test('a message that is not UTF-8, or holds half a character, is a dead letter, also when it is redriven', async () => {
  const handled: string[] = [];
  const handle = (event: { title?: string }) => {
    handled.push(event.title ?? '');
    return Promise.resolve('applied' as const);
  };
  await bench.consumer([{ subject, ordering: 'any-order', key: ({ id }: { id: string }) => id, handle }]);
  const text = encodeEvent(subject, { ...ticketEvent(newId(), 0), title: 'HERE' });
  const latin1 = Buffer.from(text.replace('HERE', 'caf\u00e9'), 'latin1');
  const half = Buffer.from(text.replace('HERE', '\\ud83c'));
  for (const bytes of [latin1, half, Buffer.from(text.replace('HERE', '🎫'))]) await publishBytes(bytes);

  const store = deadLetterStore(bench.connection);
  const letters = async () =>
    (await store.list({ state: 'dead' })).map(({ reason, payload }) => [reason, payload]).sort();
  const dead = [
    ['not-json', `base64:${latin1.toString('base64')}`],
    ['schema', half.toString()],
  ];
  await waitFor(async () => handled.length === 1 && (await letters()).length === 2);
  expect(await letters()).toEqual(dead);

  for (const { _id } of await store.list()) await store.redrive(_id);
  await waitFor(async () => (await bench.count('dead-lettered')) === 4);
  expect(await letters()).toEqual(dead);
  expect(handled).toEqual(['🎫']);
});
