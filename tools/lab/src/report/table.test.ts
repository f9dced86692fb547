import { handmadeResult } from '../run/lab.test.helper';
import { tableOf } from './table';

const result = handmadeResult();

test('has a row for each strategy, and says what the disorder was', () => {
  const table = tableOf(result, false);
  expect(table).toMatch(/│ naive +│ yes +│ +0 │ +1 │ +1 │ +0 │ +0\/1 │/);
  expect(table).toMatch(/│ versioned +│ yes +│ +0 │ +0 │ +0 │ +0 │ +1\/1 │/);
  expect(table).toContain('at least 1 reordered and 1 duplicated events, 0 redeliveries and 1 crash');
  expect(table).toContain('12 successors ahead of their predecessors, maxInFlight 8, one member: done in 120 ms');
});

test('says that a strategy stalled', () => {
  const stalls = result.stalls.map((one) => ({ ...one, stalled: true, redelivered: 24, predecessors: 0 }));
  expect(tableOf({ ...result, stalls }, false)).toContain('STALLED. Nothing was acked in 3500 ms; 24 redeliveries');
});

test('has colours only when it is told to', () => {
  const escape = String.fromCharCode(27);
  expect(tableOf(result, false)).not.toContain(escape);
  expect(tableOf(result, true)).toContain(escape);
});
