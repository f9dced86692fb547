import { lossBetween } from './channel-loss';

const store = '2026-01-02T00:00:00.5Z';
const later = '2026-01-03T00:00:00.5Z';
const begun = Date.parse(store);
const at = (sequence: number, storedAt = begun + sequence, name = store) => ({ sequence, storedAt, store: name });

test('holes, the same message and nothing before are no loss: all channels share the sequences', () => {
  expect(lossBetween(undefined, at(100))).toBeUndefined();
  expect(lossBetween(at(3), at(400))).toBeUndefined();
  expect(lossBetween(at(3), at(3))).toBeUndefined();
});

test('another store is one, whatever its sequences are', () => {
  const offered = at(400, begun + 500, later);
  expect(lossBetween(at(3), offered)).toEqual({ kind: 'new-store', offered });
});

test('a position without a store is of another engine, however young it is', () => {
  expect(lossBetween({ sequence: 3, storedAt: begun - 1_000 }, at(4))).toMatchObject({ kind: 'new-store' });
  expect(lossBetween({ sequence: 3, storedAt: begun + 3 }, at(4))).toMatchObject({ kind: 'new-store' });
});

test('a lower sequence that was stored later took the place of a message that is gone', () => {
  const offered = at(90, begun + 200);
  expect(lossBetween(at(100), offered)).toEqual({ kind: 'twice', offered });
});
