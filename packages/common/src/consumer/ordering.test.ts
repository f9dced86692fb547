import { type Decision, decide } from './ordering';

test.each<[string, number | undefined, number, Decision]>([
  ['nothing there, the first version', undefined, 0, 'next'],
  ['nothing there, the second', undefined, 1, 'gap'],
  ['nothing there, a late one', undefined, 9, 'gap'],
  ['the first again', 0, 0, 'seen'],
  ['the first and its successor', 0, 1, 'next'],
  ['one is missing', 0, 2, 'gap'],
  ['the same again', 5, 5, 'seen'],
  ['an old one', 5, 4, 'seen'],
  ['the very first, late', 5, 0, 'seen'],
  ['its successor', 5, 6, 'next'],
  ['one is missing, later', 5, 7, 'gap'],
])('N+1 follows N, what is not newer was seen, the rest is a gap: %s', (_case, have, version, decision) => {
  expect(decide(have, version)).toBe(decision);
});
