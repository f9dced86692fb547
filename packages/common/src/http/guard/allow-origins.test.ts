import request from 'supertest';
import { operations } from '../../api/operations';
import { repliesOf } from '../../api/operation';
import { testApp } from '../app.test.helper';

const SHOP = 'https://shop.example';

const appOf = (corsOrigins: readonly string[]) =>
  testApp(
    (router) => {
      router.get('/api/tickets', (_req, res) => void res.set('ETag', '"0"').json([]));
      router.put('/api/tickets', () => {
        throw new Error('broken');
      });
    },
    { corsOrigins },
  ).app;
const app = appOf([SHOP, 'http://localhost:8080']);

const preflight = (origin: string, served = app) =>
  request(served)
    .options('/api/tickets')
    .set({ Origin: origin, 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'if-match' });
const corsOf = (headers: Record<string, unknown>) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

test('the browser of a page of an allowed origin may send what the API takes, with cookies', async () => {
  const { status, headers } = await preflight(SHOP);
  expect([status, headers]).toMatchObject([
    204,
    {
      'access-control-allow-origin': SHOP,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': expect.stringMatching(/\bPOST, PUT, DELETE\b/),
      'access-control-allow-headers': expect.stringMatching(/Authorization.*Content-Type.*Idempotency-Key.*If-Match/),
      vary: 'Origin',
    },
  ]);
});

test('its page may read replies and errors, and the headers that they tell', async () => {
  for (const [reply, status] of [
    [await request(app).get('/api/tickets').set('Origin', SHOP), 200],
    [await request(app).put('/api/tickets').set('Origin', SHOP), 500],
    [await request(app).post('/api/tickets').set({ Origin: SHOP, 'Content-Type': 'application/json' }).send('{'), 400],
  ] as const) {
    expect([reply.status, reply.headers]).toMatchObject([
      status,
      {
        'access-control-allow-origin': SHOP,
        'access-control-expose-headers': expect.stringMatching(
          /ETag, Link, Location, Retry-After, Idempotency-Replayed/,
        ),
        'cross-origin-resource-policy': 'cross-origin',
        vary: 'Origin',
      },
    ]);
  }
});

const namesIn = (list: string | undefined) => (list ?? '').toLowerCase().split(', ');

test('its page may send and read every header that the API documents, and ask whether a tag is still good', async () => {
  const sent = operations.flatMap(({ headers }) => Object.keys(headers?.shape ?? {}));
  const { headers: allowed } = await preflight(SHOP);
  const mayBeSent = namesIn(allowed['access-control-allow-headers']);
  expect(mayBeSent).toEqual(expect.arrayContaining(namesIn([...sent, 'If-None-Match'].join(', '))));

  const told = operations.flatMap((each) =>
    Object.values(repliesOf(each)).flatMap((it) => Object.keys(it.headers ?? {})),
  );
  const { headers: shown } = await request(app).get('/api/tickets').set('Origin', SHOP);
  expect(namesIn(shown['access-control-expose-headers'])).toEqual(expect.arrayContaining(namesIn(told.join(', '))));

  const unchanged = await request(app).get('/api/tickets').set({ Origin: SHOP, 'If-None-Match': '"0"' });
  expect([unchanged.status, unchanged.headers]).toMatchObject([304, { 'access-control-allow-origin': SHOP }]);
});

test.each([
  'https://other.example',
  'http://shop.example',
  'https://shop.example:8443',
  'https://a.shop.example',
  'null',
])('a page of %s gets no header of CORS', async (origin) => {
  for (const { headers } of [await preflight(origin), await request(app).get('/api/tickets').set('Origin', origin)]) {
    expect([corsOf(headers), headers['vary']]).toEqual([[], 'Origin']);
  }
});

test('without CORS_ORIGINS nobody gets one', async () => {
  const { headers } = await preflight(SHOP, appOf([]));
  expect([corsOf(headers), headers['vary']]).toEqual([[], undefined]);
});
