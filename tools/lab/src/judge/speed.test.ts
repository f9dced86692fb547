import { oneTicket } from '../run/run.test.helper';
import { speedOf } from './speed';

const { story, delivery, record, price } = oneTicket(2);

test('the lag is from the first publication to the first write that brings the event', () => {
  const deliveries = [delivery(0, { at: 1 }), delivery(1, { at: 101 })]; // published at 0 and 100
  const ledger = [
    { version: 0, basedOn: 0, at: 20 },
    { version: 1, basedOn: 1, at: 500 },
  ];
  expect(speedOf(story, record(ledger, deliveries, price(0, 1)))).toEqual({ eventsPerSecond: 4, p99LagMs: 400 });
});

test('a whole state brings the older versions, too', () => {
  const deliveries = [delivery(1, { at: 1 }), delivery(0, { at: 1 })];
  const speed = speedOf(story, record([{ version: 1, at: 50 }], deliveries, price(0, 1)));
  expect(speed).toEqual({ eventsPerSecond: 40, p99LagMs: 50 });
});

test('what never came in has no speed', () => {
  expect(speedOf(story, record([], [], 0))).toBeUndefined();
});
