import { wholeNumber } from './whole-number';

test('a whole number within the limits, and both limits', () => {
  expect(['1', '07', '100'].map(wholeNumber(1, 100))).toEqual([1, 7, 100]);
  expect(wholeNumber()('0')).toBe(0);
});

test.each(['', ' 1', '-1', '1.5', '1e2', '0x10', '0', '101', 'x'])(
  '%j is refused, and what is needed is said',
  (text) => {
    expect(() => wholeNumber(1, 100)(text)).toThrow('It must be a whole number from 1 to 100.');
  },
);
