import { sendRaw } from '@ticketing/testing';
import { echo, start } from './ingress.test.helper';

const BODY = '{"a":"one"}';
const inChunks = { headers: ['Transfer-Encoding: chunked'], sent: `b\r\n${BODY}\r\n0\r\n\r\n`, body: BODY };

const FRAMINGS = [
  { ...inChunks, name: 'one chunk' },
  { ...inChunks, name: 'several chunks', sent: '4\r\n{"a"\r\n7;x=1\r\n:"one"}\r\n0\r\n\r\n' },
  { ...inChunks, name: 'chunks and a trailer', sent: `b\r\n${BODY}\r\n0\r\nX-Sum: 1\r\n\r\n` },
  { ...inChunks, name: 'the last chunk only', sent: '0\r\n\r\n', body: '' },
  { name: 'a length', headers: ['Content-Length: 11'], sent: BODY, body: BODY },
  { name: 'the length 0', headers: ['Content-Length: 0'], sent: '', body: '' },
  { name: 'no body', headers: [], sent: '', body: '' },
];

interface Received {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s', (method) => {
  test.each(FRAMINGS)('with $name arrives as it was sent', async ({ headers, sent, body }) => {
    const { port } = await start({ '/api': [await echo('api')] });
    const answer = await sendRaw(port, [`${method} /api HTTP/1.1`, 'Host: x', ...headers], sent);
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('"method"')]);
    const received = JSON.parse(answer.body) as Received;
    expect(received).toMatchObject({ method, body });
    const { 'transfer-encoding': encoding, 'content-length': length } = received.headers;
    // A request without a body may have a length of 0.
    const framing = encoding ?? (length === '0' && sent === '' ? undefined : length);
    const wanted = headers[0]?.split(': ')[1];
    expect(framing).toBe(wanted === '0' ? undefined : wanted);
  });
});

test('a target in absolute form goes where its path says, with its host', async () => {
  const { port } = await start({ '/api': [await echo('api')] });
  const { status, body } = await sendRaw(port, ['GET http://other.example/api/1?a=1 HTTP/1.1', 'Host: x']);
  expect([status, JSON.parse(body)]).toMatchObject([
    200,
    { url: '/api/1?a=1', headers: { host: 'other.example', 'x-forwarded-host': 'other.example' } },
  ]);
});

test.each([
  ['no host', [], 400],
  ['two hosts', ['Host: x', 'Host: y'], 400],
  ['an unknown expectation', ['Host: x', 'Expect: magic'], 417],
  ['headers that are too large', ['Host: x', `X: ${'x'.repeat(20_000)}`], 431],
  ['a header that is none', ['Host: x', 'X y: z'], 400],
])('the ingress refuses %s in the shape of all errors', async (_what, headers, status) => {
  const { port } = await start({ '/api': [await echo('api')] });
  const answer = await sendRaw(port, ['GET /api HTTP/1.1', ...headers]);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/json; charset=utf-8']);
  expect(JSON.parse(answer.body)).toEqual({ errors: [{ message: expect.stringMatching(/\w/) }] });
});
