import { ParkedHere } from './parked-here';

const at = (version: number, aggregateId = 'a') => ({ aggregateId, version });
const known = (bound?: number) => {
  const here = new ParkedHere(bound);
  here.sweeping()([], true);
  return here;
};

test('anything may be parked until a sweep has seen all that is', () => {
  const here = new ParkedHere();
  expect(here.mayBeParked('a', 1)).toBe(true);
  here.sweeping()([at(5)], false);
  expect(here.mayBeParked('a', 1)).toBe(true);
  here.sweeping()([at(5)], true);
  expect([1, 5].map((version) => here.mayBeParked('a', version))).toEqual([false, true]);
  here.sweeping()([], true);
  expect(here.mayBeParked('a', 5)).toBe(false);
});

test('what it parked itself is known until it is forgotten, whatever a sweep has seen', () => {
  const here = known();
  for (const version of [3, 2, 3]) here.add(at(version));
  here.sweeping()([], true);
  expect([1, 2, 3].map((version) => here.mayBeParked('a', version))).toEqual([false, true, true]);
  expect(here.mayBeParked('b', 2)).toBe(false);
  expect(here.ownVersions('a')).toEqual([3, 2]);
  for (const version of [2, 3, 3]) here.forget(at(version));
  expect([2, 3].map((version) => here.mayBeParked('a', version))).toEqual([false, false]);
  expect(here.ownVersions('a')).toEqual([]);
});

test('one too many: anything may be parked until a sweep that began later has seen all', () => {
  const here = known(2);
  const running = here.sweeping();
  for (const version of [1, 2, 3]) here.add(at(version));
  expect(here.ownVersions('a')).toEqual([1, 2]);
  running([], true);
  expect(here.mayBeParked('a', 9)).toBe(true);
  const whole = here.sweeping();
  expect(here.mayBeParked('a', 9)).toBe(true);
  whole([at(3)], true);
  expect([3, 9].map((version) => here.mayBeParked('a', version))).toEqual([true, false]);
});

test('what was forgotten makes room', () => {
  const here = known(1);
  here.add(at(1));
  here.forget(at(1));
  here.forget(at(1));
  here.add(at(2));
  expect(here.mayBeParked('a', 3)).toBe(false);
});
