import { decodeUtf8, IllFormedTextError, isWellFormed, parseJson } from './well-formed';

test.each([
  ['a half', '{"a":"\\ud83c"}'],
  ['the other half', '{"a":"\\uDFAB"}'],
  ['both in the wrong order', '{"a":"\\udfab\\ud83c"}'],
  ['one beside a whole pair', '{"a":"\\ud83c\\udfab\\ud83c"}'],
  ['one that is not escaped', '{"a":"\ud83c"}'],
  ['one in a list', '[["\\ud83c"]]'],
  ['one as all there is', '"\\ud83c"'],
  ['one in a name', '{"a":{"\\ud83c":1}}'],
])('JSON with %s is refused', (_what, text) => {
  expect(() => parseJson(text)).toThrow(IllFormedTextError);
});

test.each([
  ['an escaped pair', '{"a":"\\ud83c\\udfab"}', { a: '🎫' }],
  ['a pair as it is', '{"🎫":"🎫"}', { '🎫': '🎫' }],
  ['an escape that is only spelled', '{"a":"\\\\ud83c"}', { a: '\\ud83c' }],
  ['__proto__', '{"__proto__":1,"a":"\\ud83c\\udfab"}', JSON.parse('{"__proto__":1,"a":"🎫"}') as object],
])('JSON with %s is what it says', (_what, text, value) => {
  expect(parseJson(text)).toEqual(value);
  expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(value));
});

test('text that is not JSON is a SyntaxError', () => {
  expect(() => parseJson('{"a":\\ud83c')).toThrow(SyntaxError);
});

test('a character of two halves is whole', () => {
  expect([isWellFormed('🎫'), isWellFormed(''), isWellFormed('🎫'.slice(1)), isWellFormed('a\ud83c')]).toEqual([
    ...[true, true, false, false],
  ]);
});

test.each([
  ['Latin-1', [0x63, 0xe9]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['an overlong slash in three', [0xe0, 0x80, 0xaf]],
  ['half a pair', [0xed, 0xa0, 0xbc]],
  ['what is beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ['a character that is cut off', [0xf0, 0x9f, 0x8e]],
])('%s is not UTF-8', (_what, bytes) => {
  expect(decodeUtf8(Buffer.from(bytes))).toBeUndefined();
});

test('UTF-8 is read, with a byte order mark or without', () => {
  expect(decodeUtf8(Buffer.from('caf\u00e9 🎫'))).toBe('café 🎫');
  expect(decodeUtf8(Buffer.from('\ufeff{}'))).toBe('{}');
});
