import { RefusedError } from '../errors';
import { consumerOf, subjectOf } from './names';

test.each(['ticket:created', 't1.ticket:created', 'a.b.c', 'a_b', 'a-b', 'ä', '$x'])('%s is a channel', (channel) => {
  expect(subjectOf(channel)).toBe(`ticketing.${channel}`);
});

test.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a*', '*', 'a.>', '>', 'a\n', 'a\u0000'])('%j is refused', (channel) => {
  expect(() => subjectOf(channel)).toThrow(RefusedError);
});

test('pairs of a channel and a group have different names, which a server takes', () => {
  const parts = ['a', 'a.b', 'a:b', 'a_b', 'a__b', '_', '__', 'a_2e_b', '2e', 'a b', 'ä', '.', '..', '-'];
  const names = parts.flatMap((channel) => parts.map((group) => consumerOf(channel, group)));
  expect(new Set(names).size).toBe(parts.length ** 2);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(() => consumerOf('c'.repeat(200), 'g'.repeat(60))).toThrow(RefusedError);
});
