import { sendRaw } from '@ticketing/testing';
import { testApp } from '../app.test.helper';
import { type HttpServer, listen } from './server';

const { app } = testApp((router) => {
  router.get('/api/tickets', (req, res) => void res.json({ url: req.url, host: req.headers.host, query: req.query }));
});

let server: HttpServer;
beforeEach(async () => (server = await listen(app, 0, { graceMs: 0 })));
afterEach(() => server.drain());

const HOST = 'Host: example.com';

test.each([
  ['http://other.example/api/tickets?a=1', '/api/tickets?a=1', 'other.example'],
  ['HTTPS://other.example:8080/api/tickets', '/api/tickets', 'other.example:8080'],
  ['/api/tickets?a=http://x/', '/api/tickets?a=http://x/', 'example.com'],
])('the target %s is that path', async (target, url, host) => {
  const { status, body } = await sendRaw(server.port, [`GET ${target} HTTP/1.1`, HOST]);
  expect([status, JSON.parse(body)]).toMatchObject([200, { url, host }]);
});

test('an absolute target without a path is the root', async () => {
  const { status, body } = await sendRaw(server.port, ['GET http://other.example?a=1 HTTP/1.1', HOST]);
  expect([status, JSON.parse(body)]).toEqual([404, { errors: [{ message: 'there is no GET / here' }] }]);
});

test('of HTTP/1.0 no host is asked', async () => {
  expect((await sendRaw(server.port, ['GET /api/tickets HTTP/1.0'])).status).toBe(200);
});

test.each([
  ['no host', ['GET /api/tickets HTTP/1.1'], 400],
  ['two hosts', ['GET /api/tickets HTTP/1.1', HOST, 'host: other.example'], 400],
  ['the same host twice', ['GET /api/tickets HTTP/1.1', HOST, HOST], 400],
  ['two hosts and an absolute target', ['GET http://x/api/tickets HTTP/1.1', HOST, HOST], 400],
  ['a host that is none', ['GET /api/tickets HTTP/1.1', 'Host: a b'], 400],
  ['an absolute target with a user', ['GET http://user:pw@x/api/tickets HTTP/1.1', HOST], 400],
  ['a tunnel', ['CONNECT example.com:443 HTTP/1.1', HOST], 501],
  ['an unknown expectation', ['GET /api/tickets HTTP/1.1', HOST, 'Expect: magic'], 417],
  ['headers that are too large', ['GET /api/tickets HTTP/1.1', HOST, `X: ${'x'.repeat(20_000)}`], 431],
  ['a header that is none', ['GET /api/tickets HTTP/1.1', HOST, 'X y: z'], 400],
  ['two framings', ['GET /api/tickets HTTP/1.1', HOST, 'Content-Length: 1', 'Transfer-Encoding: chunked'], 400],
  ['another protocol', ['HELLO'], 400],
])('%s is refused in the shape of all errors', async (_what, head, status) => {
  const answer = await sendRaw(server.port, head);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/json; charset=utf-8']);
  expect(JSON.parse(answer.body)).toEqual({ errors: [{ message: expect.stringMatching(/\w/) }] });
});

test('100-continue is answered, and then the request', async () => {
  const { status } = await sendRaw(server.port, ['GET /api/tickets HTTP/1.1', HOST, 'Expect: 100-continue']);
  expect(status).toBe(100);
});
