import { gzipSync } from 'node:zlib';
import { mongo } from 'mongoose';
import request, { type Response } from 'supertest';
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  KeyReusedError,
  NotFoundError,
  NotSignedInError,
  PreconditionFailedError,
  UnavailableError,
} from '../errors/kinds';
import { testApp } from './app.test.helper';

const { app, lines } = testApp((router) => {
  const throwing: Record<string, unknown> = {
    invalid: new InvalidInputError([{ message: 'price is required', field: 'price' }, { message: 'odd' }]),
    'not-signed-in': new NotSignedInError(),
    forbidden: new ForbiddenError(),
    'not-found': new NotFoundError('no such ticket', { field: 'ticketId' }),
    conflict: new ConflictError('it is reserved'),
    precondition: new PreconditionFailedError(),
    'key-reused': new KeyReusedError(),
    unavailable: new UnavailableError('too much is pending', { retryAfter: 7 }),
    database: new mongo.MongoNetworkError('connect ECONNREFUSED 10.0.0.7:27017'),
    unknown: new Error('the inside: password=hunter2'),
    status: Object.assign(new Error('the inside: password=hunter2'), { status: 404 }),
    nothing: undefined,
    text: 'the inside: password=hunter2',
  };
  router.get('/throw/:kind', (req) => {
    throw throwing[req.params['kind'] ?? ''];
  });
  router.get('/late', async (_req, res) => {
    await Promise.resolve();
    res.set('ETag', '"3"');
    throw new ConflictError('too late');
  });
  router.get('/half', (_req, res) => {
    res.write('half of it');
    throw new Error('broke in the middle');
  });
  router.post('/echo', (req, res) => {
    res.json(req.body ?? 'none');
  });
});

const post = (type: string, body: string) => request(app).post('/echo').set('Content-Type', type).send(body);
const NOT_UNPACKED = 'the body cannot be unpacked: it is not what its Content-Encoding says, or it is cut off';
const messages = (res: Response): string[] => res.body.errors.map(({ message }: { message: string }) => message);

beforeEach(() => lines.splice(0));

test.each([
  ['invalid', 400, [{ message: 'price is required', field: 'price' }, { message: 'odd' }]],
  ['not-signed-in', 401, [{ message: 'sign in first: send a valid token' }]],
  ['forbidden', 403, [{ message: 'this belongs to somebody else' }]],
  ['not-found', 404, [{ message: 'no such ticket', field: 'ticketId' }]],
  ['conflict', 409, [{ message: 'it is reserved' }]],
  ['precondition', 412, [{ message: 'it was changed meanwhile: read it again and repeat your change' }]],
  ['key-reused', 422, [{ message: expect.stringContaining('take a new key'), field: 'Idempotency-Key' }]],
  ['unavailable', 503, [{ message: 'too much is pending' }]],
])('the error kind %s is answered with %i', async (kind, status, errors) => {
  const res = await request(app).get(`/throw/${kind}`);
  expect(res.status).toBe(status);
  expect(res.type).toBe('application/json');
  expect(res.body).toEqual({ errors });
});

test('401 names the scheme and 503 says when to come again', async () => {
  expect((await request(app).get('/throw/not-signed-in')).headers['www-authenticate']).toBe('Bearer');
  expect((await request(app).get('/throw/unavailable')).headers['retry-after']).toBe('7');
});

test('a database that cannot be reached is a 503 with Retry-After, and its address is not told', async () => {
  const res = await request(app).get('/throw/database');
  expect(res.status).toBe(503);
  expect(Number(res.headers['retry-after'])).toBeGreaterThan(0);
  expect(res.text).not.toContain('10.0.0.7');
});

test.each(['unknown', 'status', 'text'])(
  'an unknown error (%s) is a 500 that tells nothing and is logged',
  async (kind) => {
    const res = await request(app).get(`/throw/${kind}`);
    expect(res.status).toBe(500);
    expect(res.body).toEqual({ errors: [{ message: 'something went wrong on our side' }] });
    const faults = lines.filter(({ level }) => level === 50);
    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults[0])).toContain('hunter2');
  },
);

test('an error of an async handler is answered, without the headers of the reply that failed', async () => {
  const res = await request(app).get('/late');
  expect(res.status).toBe(409);
  expect(res.headers['etag']).toBeUndefined();
});

test('an error after the reply began breaks the connection instead of ending the reply', async () => {
  await expect(request(app).get('/half')).rejects.toThrow(/aborted|hang up/);
});

test('an unknown route is a 404 in JSON', async () => {
  const res = await request(app).get('/nowhere');
  expect(res.status).toBe(404);
  expect(res.body).toEqual({ errors: [{ message: 'there is no GET /nowhere here' }] });
  expect((await request(app).patch('/echo')).status).toBe(404);
});

test.each(['{"title": ', 'not json', '"a string"', '12'])('the malformed JSON body %j is a 400', async (body) => {
  const res = await post('application/json', body);
  expect(res.status).toBe(400);
  expect(messages(res)).toEqual(['the body is not valid JSON: send one JSON object']);
});

test('a body over the limit is a 413', async () => {
  const body = JSON.stringify({ title: 'x'.repeat(101 * 1024) });
  const res = await post('application/json', body);
  expect(res.status).toBe(413);
  expect(messages(res)).toEqual(['the body is too large']);
});

test('a small body that unpacks to more than the limit is a 413', async () => {
  const packed = gzipSync(JSON.stringify({ title: 'x'.repeat(1024 * 1024) }));
  expect(packed.length).toBeLessThan(10 * 1024);
  const res = await request(app)
    .post('/echo')
    .set({ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
    .serialize((body: Buffer) => body as unknown as string)
    .send(packed);
  expect(res.status).toBe(413);
});

test('an unknown charset or content encoding is a 415, a broken one a 400', async () => {
  const charset = await post('application/json; charset=klingon', '{}');
  expect(charset.status).toBe(415);
  expect(messages(charset)).toEqual(['the charset klingon is not supported: send JSON in UTF-8']);
  const encoding = await post('application/json', '{}').set('Content-Encoding', 'rot13');
  expect(encoding.status).toBe(415);
  expect(messages(encoding)[0]).toContain('Content-Encoding');
  const broken = await post('application/json', '{}').set('Content-Encoding', 'gzip');
  expect(broken.status).toBe(400);
  expect(messages(broken)).toEqual([NOT_UNPACKED]);
});

test.each([
  ['gzip', gzipSync('{"a":1}').subarray(0, -6)],
  ['gzip', Buffer.from('not packed')],
  ['deflate', Buffer.from('not packed')],
  ['br', Buffer.from('not packed')],
])('a body that is not %s is told so', async (encoding, body) => {
  const res = await request(app)
    .post('/echo')
    .set({ 'Content-Type': 'application/json', 'Content-Encoding': encoding })
    .serialize((bytes: Buffer) => bytes as unknown as string)
    .send(body);
  expect([res.status, messages(res)]).toEqual([400, [NOT_UNPACKED]]);
});

test('a malformed % in the address is a 400', async () => {
  const res = await request(app).get('/throw/%ZZ');
  expect(res.status).toBe(400);
  expect(messages(res)).toEqual([expect.stringContaining('encodeURIComponent')]);
});

test('a reply says neither what made it nor a tag of its bytes', async () => {
  const res = await post('application/json', '{"a":1}');
  expect(res.body).toEqual({ a: 1 });
  expect(res.headers['x-powered-by']).toBeUndefined();
  expect(res.headers['etag']).toBeUndefined();
});

test('a request is logged at debug, a refused one at info, without the headers', async () => {
  await post('application/json', '{}').set('Authorization', 'Bearer secret');
  await request(app).get('/throw/not-found?x=secret');
  expect(lines).toMatchObject([
    { level: 20, method: 'POST', url: '/echo', status: 200 },
    { level: 30, method: 'GET', url: '/throw/not-found?x=***', status: 404 },
  ]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});
