import { InvalidInputError } from '../errors/kinds';
import { parseIdempotencyKey } from './idempotency-key';

const longest = 'k'.repeat(255);

test.each([
  ['a string in quotes', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
  ['the same without quotes', '8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
  ['what only quotes allow', '"a, b; c"', 'a, b; c'],
  ['escaped quotes and backslashes', '"say \\"a\\\\b\\""', 'say "a\\b"'],
  ['base64', 'aGVsbG8+/w==', 'aGVsbG8+/w=='],
  ['one character', '~', '~'],
  ['the longest, bare', longest, longest],
  ['the longest, in quotes', `"${longest}"`, longest],
])('takes %s', (_name, header, key) => {
  expect(parseIdempotencyKey(header)).toBe(key);
});

test.each([
  ['an empty header', ''],
  ['an empty string', '""'],
  ['one that is too long', `${longest}k`],
  ['one that is too long in quotes', `"${longest}k"`],
  ['a quote that is not closed', '"key'],
  ['a quote in the middle', 'ke"y'],
  ['an escape of nothing', '"ke\\y"'],
  ['a blank', 'ke y'],
  ['two headers', 'one, two'],
  ['two headers without a blank', 'one,two'],
  ['two headers in quotes', '"one", "two"'],
  ['a parameter', '"key";a=1'],
  ['a control character', '"ke\ty"'],
  ['letters beyond ASCII', 'schlüssel'],
])('refuses %s, and says what a key is', (_name, header) => {
  const refusal = () => parseIdempotencyKey(header);
  expect(refusal).toThrow(InvalidInputError);
  expect(refusal).toThrow(/1 to 255 visible characters/);
});
