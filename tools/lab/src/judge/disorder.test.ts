import { disorderOf } from './disorder';
import { oneTicket } from '../run/run.test.helper';

const { delivery } = oneTicket(3);

test('deliveries in order are no disorder', () => {
  const deliveries = [delivery(0), delivery(1), delivery(2)];
  expect(disorderOf({ deliveries })).toEqual({ deliveries: 3, reordered: 0, duplicated: 0, redelivered: 0 });
});

test('an event after its successor is reordered', () => {
  const deliveries = [delivery(1), delivery(0), delivery(2)];
  expect(disorderOf({ deliveries })).toMatchObject({ reordered: 1, duplicated: 0, redelivered: 0 });
});

test('an event in two messages is duplicated, and not reordered', () => {
  const deliveries = [delivery(0), delivery(1), delivery(0)];
  expect(disorderOf({ deliveries })).toMatchObject({ reordered: 0, duplicated: 1, redelivered: 0 });
});

test('one message that comes twice is redelivered, and not duplicated', () => {
  const first = delivery(0);
  const deliveries = [first, delivery(1), { ...first, redelivered: true }];
  expect(disorderOf({ deliveries })).toMatchObject({ reordered: 0, duplicated: 0, redelivered: 1 });
});

test('two channels number their messages independently', () => {
  const deliveries = [delivery(0, { channel: 'a', sequence: 1 }), delivery(0, { channel: 'b', sequence: 1 })];
  expect(disorderOf({ deliveries }).duplicated).toBe(1);
});
