import { gzipSync } from 'node:zlib';
import request, { type Response } from 'supertest';
import { testApp } from './app.test.helper';

const { app } = testApp((router) => {
  router.post('/echo', (req, res) => {
    res.json({ body: (req.body as unknown) ?? 'none' });
  });
  router.get('/echo{/:text}', (req, res) => {
    res.json({ text: req.params['text'], query: req.query });
  });
});

const post = (body: Uint8Array, headers: Record<string, string> = {}) =>
  request(app)
    .post('/echo')
    .set({ 'Content-Type': 'application/json', ...headers })
    .serialize((bytes: Uint8Array) => bytes as unknown as string)
    .send(body);
const messages = ({ body }: Response) =>
  (body as { errors: { message: string }[] }).errors.map(({ message }) => message);
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

const NOT_UTF_8: [string, number[]][] = [
  ['Latin-1', [0x63, 0xe9]],
  ['overlong UTF-8', [0xc0, 0xaf]],
  ['half a pair', [0xed, 0xa0, 0xbc]],
  ['a character that is cut off', [0xf0, 0x9f, 0x8e]],
];

test.each(NOT_UTF_8)('a body with %s is a 400, packed or not', async (_what, wrong) => {
  const body = bytes('{"title":"', wrong, '"}');
  const told = ['the body is not UTF-8: send JSON in UTF-8'];
  const plain = await post(body);
  expect([plain.status, messages(plain)]).toEqual([400, told]);
  const packed = await post(gzipSync(body), { 'Content-Encoding': 'gzip' });
  expect([packed.status, messages(packed)]).toEqual([400, told]);
});

test.each(['{"title":"\\ud83c"}', '{"\\ud83c":1}', '{"a":[{"b":"\\udfab\\ud83c"}]}'])(
  'half a character in %s is a 400',
  async (text) => {
    const res = await post(bytes(text));
    expect([res.status, messages(res)]).toEqual([
      400,
      ['a text in it holds half a character (a surrogate without its other half)'],
    ]);
  },
);

test('a whole character is taken, escaped or not, with a byte order mark before the body or without', async () => {
  for (const text of ['{"title":"\\ud83c\\udfab é"}', '{"title":"🎫 é"}', '\ufeff{"title":"🎫 é"}']) {
    expect((await post(bytes(text))).body).toEqual({ body: { title: '🎫 é' } });
  }
});

test.each([
  '',
  '; charset=',
  '; charset=""',
  '; charset=utf-8',
  '; charset=UTF-8',
  '; charset=utf8',
  '; charset="Utf8"',
  ';charset="utf-8"; x=1',
])('the type application/json%s is UTF-8', async (parameters) => {
  const res = await post(bytes('{"title":"é"}'), { 'Content-Type': `application/json${parameters}` });
  expect(res.body).toEqual({ body: { title: 'é' } });
});

test.each(['utf-16', 'UTF-16LE', 'utf-32', 'utf-7', 'latin1', 'klingon'])(
  'the charset %s is a 415',
  async (charset) => {
    const res = await post(bytes('{}'), { 'Content-Type': `application/json; charset=${charset}` });
    expect([res.status, messages(res)]).toEqual([
      415,
      [`the charset ${charset.toLowerCase()} is not supported: send JSON in UTF-8`],
    ]);
  },
);

test('an empty body is none, by its length or in chunks', async () => {
  expect((await post(bytes(''))).body).toEqual({ body: 'none' });
  const chunked = request(app)
    .post('/echo')
    .set({ 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' });
  expect((await chunked).body).toEqual({ body: 'none' });
});

test.each([
  '/echo/%C0%AF',
  '/echo/%ED%A0%BC',
  '/echo/%ff',
  '/echo?x=%ff',
  '/echo?%ff=1',
  '/echo?x=%ED%A0%BC',
  '/echo?x=%',
])('the address %s is a 400', async (address) => {
  const res = await request(app).get(address);
  expect([res.status, messages(res)]).toEqual([
    400,
    ['the address is not UTF-8 in % and two hex digits for each byte: encode it as encodeURIComponent does'],
  ]);
});

test('an address in UTF-8 is taken', async () => {
  const res = await request(app).get('/echo/%C3%A9%25?x=%F0%9F%8E%AB+%26');
  expect(res.body).toEqual({ text: 'é%', query: { x: '🎫 &' } });
});
