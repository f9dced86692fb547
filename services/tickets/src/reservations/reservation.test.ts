import { sequencesWithDuplicateAndCrash } from '@ticketing/testing';
import { neverReserved, nextReservation, type Reservation } from './reservation';
import { type OrderEvent, reservationOf } from './deliveries.test.helper';

const held = (number: number): Reservation => ({ number, state: 'held', orderId: `order ${number}` });
const sold = (number: number): Reservation => ({ ...held(number), sold: true });
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
  ['its payment', held(1), sold(1), 'event'],
  ['a paid order before it was seen created', neverReserved, sold(1), 'event'],
  ['created after paid', sold(1), held(1), 'nothing'],
  ['the same payment again', sold(1), sold(1), 'nothing'],
  ['an old order, or its cancel, after a later one was paid', sold(2), released(1), 'nothing'],
  ['the next order, paid before the release of the one before', held(1), sold(2), 'event'],
  ['a cancel of a paid order, which only a pod of the release before records', sold(1), released(1), 'event'],
  ['and its payment after that', released(1), sold(1), 'nothing'],
])('%s', (_name, current, event, what) => {
  expect(nextReservation(current, event)).toEqual(what === 'event' ? event : undefined);
});

const apply = (events: readonly OrderEvent[]): Reservation =>
  events.map(reservationOf).reduce((current, event) => nextReservation(current, event) ?? current, neverReserved);

test.each<[number, string, readonly OrderEvent[], Reservation]>([
  [240 + 1560, 'cancelled', ['A created', 'A cancelled', 'B created', 'B cancelled'], released(2)],
  [36 + 150, 'active', ['A created', 'A cancelled', 'B created'], reservationOf('B created')],
  [240 + 1560, 'paid', ['A created', 'A cancelled', 'B created', 'B completed'], reservationOf('B completed')],
  [6 + 14, 'paid, and the only one', ['B created', 'B completed'], reservationOf('B completed')],
])(
  'all %i interleavings with one duplicate and one crash end in the greatest reservation: the last order is %s',
  (count, _name, order, end) => {
    const sequences = sequencesWithDuplicateAndCrash(order);
    expect(sequences).toHaveLength(count);
    for (const events of sequences) expect([events, apply(events)]).toEqual([events, end]);
  },
);
