import { neverReserved, nextReservation, type Reservation } from './reservation';
import { type OrderEvent, reservationOf, sequencesWithDuplicateAndCrash } from './deliveries.test.helper';

const held = (number: number): Reservation => ({ number, state: 'held', orderId: `order ${number}` });
const released = (number: number): Reservation => ({ number, state: 'released' });

test.each<[string, Reservation, Reservation, 'event' | 'nothing']>([
  ['the first order', neverReserved, held(1), 'event'],
  ['a cancelled first order before it was seen created', neverReserved, released(1), 'event'],
  ['its cancel', held(1), released(1), 'event'],
  ['the same again', held(1), held(1), 'nothing'],
  ['the same cancel again', released(1), released(1), 'nothing'],
  ['created after cancelled', released(1), held(1), 'nothing'],
  ['the next order after a release', released(1), held(2), 'event'],
  ['the next order before the release of the one before', held(1), held(2), 'event'],
  ['the next order, cancelled before it was seen created', held(1), released(2), 'event'],
  ['an order far ahead', held(1), held(9), 'event'],
  ['an old order', held(2), held(1), 'nothing'],
  ['the cancel of an old order', held(2), released(1), 'nothing'],
  ['an old order after a release', released(2), held(1), 'nothing'],
  ['the cancel of an old order after a release', released(2), released(1), 'nothing'],
])('%s', (_name, current, event, what) => {
  expect(nextReservation(current, event)).toEqual(what === 'event' ? event : undefined);
});

const apply = (events: readonly OrderEvent[]): Reservation =>
  events.map(reservationOf).reduce((current, event) => nextReservation(current, event) ?? current, neverReserved);

test('every interleaving of two orders, with one duplicate and one crash, ends in the greatest reservation', () => {
  const both = sequencesWithDuplicateAndCrash(['A created', 'A cancelled', 'B created', 'B cancelled']);
  expect(both).toHaveLength(240 + 1560);
  for (const events of both) expect([events, apply(events)]).toEqual([events, released(2)]);

  const held = sequencesWithDuplicateAndCrash(['A created', 'A cancelled', 'B created']);
  expect(held).toHaveLength(36 + 150);
  for (const events of held) expect([events, apply(events)]).toEqual([events, reservationOf('B created')]);
});
