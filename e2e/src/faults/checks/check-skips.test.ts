import { checkSkips, type Skip } from './check-skips';
import type { Fault, Happened } from '../schedule';

/** In seconds, for readability. */
const skip: Skip = {
  ...{ slot: 'orders-1', time: new Date(100_000).toISOString(), aggregateId: 't1' },
  ...{ from: 1, to: 3, waitedMs: 20_000 },
};
const fault = (kind: string, from: number, to: number): Happened => ({
  fault: { kind, slot: 'orders-2', at: 0, forMs: 0 } as unknown as Fault,
  ...{ from: from * 1_000, to: to * 1_000, note: '' },
});
const problems = (...happened: Happened[]) => checkSkips([skip], happened).map(({ message }) => message);

test('a skip without a fault during its wait is a problem', () => {
  const expected = [expect.stringContaining('orders-1 skipped from 1 to 3 of t1')];
  expect(problems()).toEqual(expected);
  expect(problems(fault('store-lost', 60, 77), fault('nats-away', 101, 121))).toEqual(expected);
});

test('a lost store explains it, however short', () => {
  expect(problems(fault('store-lost', 90, 91))).toEqual([]);
});

test('other faults explain it when they leave less of the wait than the least patience', () => {
  expect(problems(fault('nats-away', 80, 93))).toEqual([]); // and 2 s more until it is delivered again
  expect(problems(fault('nats-away', 80, 91))).toHaveLength(1);
  expect(problems(fault('nats-killed', 80, 85), fault('mongo-killed', 89, 95))).toEqual([]);
  expect(problems(fault('nats-away', 80, 88), fault('mongo-killed', 80, 88))).toHaveLength(1); // at the same time
});

test('unacked messages of a lost client come again when the broker drops it', () => {
  expect(problems(fault('service-killed', 80, 81))).toEqual([]);
  expect(problems(fault('service-killed', 70, 71))).toHaveLength(1);
  expect(problems(fault('connections-delayed', 80, 100))).toHaveLength(1);
});
