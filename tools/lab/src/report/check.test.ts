import { failuresOf } from './check';
import type { Judged, StrategyResult } from '../run/lab';
import type { StallResult } from '../run/stall';
import { lookUpPrevious } from '../strategies/look-up-previous';
import { naive } from '../strategies/naive';
import { storeAndSort } from '../strategies/store-and-sort';
import type { Strategy } from '../strategies/strategy';
import { versioned } from '../strategies/versioned';

const strong = { deliveries: 9, reordered: 1, duplicated: 1, redelivered: 1 };
const judged = (total: number, disorder = strong) => ({ judgement: { total }, disorder }) as Judged;
const result = (strategy: Strategy, total: number, { quiet = 0, disorder = strong } = {}): StrategyResult => ({
  strategy,
  quiet: judged(quiet),
  disorder: judged(total, disorder),
});
const stalled = (strategy: Strategy, yes: boolean) => ({ strategy, stalled: yes }) as StallResult;
const failures = (results: StrategyResult[], stalls: StallResult[] = []) => failuresOf({ results, stalls });

test('a run that shows what it is to show has no failure', () => {
  const results = [result(naive, 5), result(storeAndSort, 0), result(versioned, 0)];
  expect(failures(results, [stalled(lookUpPrevious, true), stalled(versioned, false)])).toEqual([]);
});

test('anomalies under disorder are a failure of the versioned listener only', () => {
  expect(failures([result(storeAndSort, 2)])).toEqual([]);
  expect(failures([result(versioned, 2)])).toEqual(['versioned has 2 anomalies under disorder']);
});

test('a strategy that fails undisturbed is a straw man', () => {
  expect(failures([result(storeAndSort, 0, { quiet: 1 })])).toEqual([expect.stringContaining('straw man')]);
});

test('naive must have an anomaly', () => {
  expect(failures([result(naive, 0)])).toEqual([expect.stringContaining('too weak: naive')]);
});

test.each(['reordered', 'duplicated', 'redelivered'] as const)('disorder without a %s event is too weak', (kind) => {
  const weak = result(storeAndSort, 0, { disorder: { ...strong, [kind]: 0 } });
  expect(failures([weak])).toEqual([`too weak: no event was ${kind} in the history of store-and-sort under disorder`]);
});

test('the gap must stall look-up-previous, and not the versioned listener', () => {
  expect(failures([], [stalled(lookUpPrevious, false)])).toEqual([expect.stringContaining('too weak')]);
  expect(failures([], [stalled(versioned, true)])).toEqual([expect.stringContaining('versioned stalled')]);
});
