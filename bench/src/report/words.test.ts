import type { CaseResult, CeilingResult } from '../rounds/result';
import { madeUpResult } from './made-up-result.test.helper';
import { figure, isMet, range, verdictOf } from './words';

const [create, update, read, , consume, lag] = madeUpResult().cases as [
  CaseResult,
  CaseResult,
  CaseResult,
  CaseResult,
  CaseResult,
  CaseResult,
];
const ceiling = (median: number, wanted: number) => ({ ratio: { median, min: 0, max: 9 }, wanted }) as CeilingResult;

test('a rate must reach its goal, a latency must not exceed it', () => {
  expect([0.79, 0.8, 0.81].map((median) => isMet(create, ceiling(median, 0.8)))).toEqual([false, true, true]);
  expect([1.9, 2, 2.1].map((median) => isMet(lag, ceiling(median, 2)))).toEqual([true, true, false]);
});

test('a case is good when all is met and nothing broke', () => {
  expect(verdictOf(create)).toEqual({ good: false, words: '2 of 4 met' }); // two ratios, a latency and memory
  const slim = { ...create, also: {} };
  expect(verdictOf(slim)).toEqual({ good: false, words: '1 of 4 met' }); // what was not measured is not met
  expect(verdictOf(update)).toEqual({ good: false, words: 'not met' });
  expect(verdictOf(read)).toEqual({ good: true, words: 'met' });
  expect(verdictOf({ ...read, broken: consume.broken })).toEqual({ good: false, words: 'broken, met' });
});

test('figures have three digits that count', () => {
  expect([12_345, 123.4, 1.2345, 0.012345, 0].map(figure)).toEqual(['12,300', '123', '1.23', '0.0123', '0']);
  expect(range({ median: 1, min: 1.0001, max: 1.0002 })).toBe('1');
});
