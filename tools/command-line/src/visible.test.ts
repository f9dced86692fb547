import { inspect } from 'node:util';
import { visible, visibleColoured } from './visible';

test.each([
  ['\x1b[2J\x1b]0;title\x07', '\\u001b[2J\\u001b]0;title\\u0007'],
  ['\u009b31m', '\\u009b31m'],
  ['one\r\ntwo\tthree', 'one\\u000d\ntwo\tthree'],
  ['\u202eexe.txt\u2069', '\\u202eexe.txt\\u2069'],
  ['Café 👩‍🚒', 'Café 👩‍🚒'],
])('%j is shown as %s on a terminal, and raw where it is piped', (text, shown) => {
  expect(visible(text, true)).toBe(shown);
  expect(visible(text, false)).toBe(text);
});

test('colours of our own stay, and nothing else', () => {
  const coloured = inspect({ title: '\u202ea\x1b[8m' }, { colors: true });
  expect(visibleColoured(coloured, true)).toBe("{ title: \x1b[32m'\\u202ea\\x1B[8m'\x1b[39m }");
});
