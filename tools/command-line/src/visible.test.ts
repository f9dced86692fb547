import { visible } from './visible';

test.each([
  ['\x1b[2J\x1b]0;title\x07', '\\x1b[2J\\x1b]0;title\\x07'],
  ['\u009b31m', '\\x9b31m'],
  ['one\r\ntwo\tthree', 'one\\x0d\ntwo\tthree'],
  ['\u202eexe.txt\u2069', '\\u202eexe.txt\\u2069'],
  ['Café 👩‍🚒', 'Café 👩‍🚒'],
])('%j is shown as %s on a terminal, and raw where it is piped', (text, shown) => {
  expect(visible(text, true)).toBe(shown);
  expect(visible(text, false)).toBe(text);
});
