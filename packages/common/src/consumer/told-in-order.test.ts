import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, ticketEvent } from './consumer.test.helper';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const subject = 'ticket:updated';

test('events are told in the order in which they were applied: an early one after the one that it waited for', async () => {
  const id = newId();
  await bench.consumer([inOrder(subject)]);
  for (const version of [2, 1, 0]) await bench.publish(subject, ticketEvent(id, version));
  await bench.versionIs(id, 2);
  const told = () =>
    bench.lines.flatMap(({ msg, outcome, version }) => (msg === 'handled an event' ? [[outcome, version]] : []));
  await waitFor(() => told().length === 5);
  expect(told()).toEqual([
    ...[2, 1].map((version) => ['parked', version]),
    ...[0, 1, 2].map((version) => ['applied', version]),
  ]);
});
