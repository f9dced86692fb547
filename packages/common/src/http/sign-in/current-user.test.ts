import { createHmac } from 'node:crypto';
import jwt, { type JwtHeader } from 'jsonwebtoken';
import request from 'supertest';
import { JWT_KEY, testApp } from '../app.test.helper';
import { currentUserOf, requireAuth } from './require-auth';
import { signToken, tokenVerifier } from './token';

const alice = { id: 'alice', email: 'alice@example.com' };
const good = signToken(alice, JWT_KEY);

const { app } = testApp((router) => {
  router.get('/me', requireAuth, (req, res) => {
    res.json(currentUserOf(req));
  });
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const sessionCookie = (session: unknown): string => `session=${base64(JSON.stringify(session))}`;
const now = Math.floor(Date.now() / 1000);
const [header, payload, signature] = good.split('.');

/** A token of these bytes as its payload. */
function signed(claims: Buffer): string {
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${claims.toString('base64url')}`;
  return `${text}.${createHmac('sha256', JWT_KEY).update(text).digest('base64url')}`;
}

const badTokens: [string, string][] = [
  ['expired', signToken(alice, JWT_KEY, { expiresInSeconds: -60 })],
  ['signed with another key', signToken(alice, 'another-key-of-someone')],
  ['alg none', `${part({ alg: 'none', typ: 'JWT' })}.${part({ ...alice, exp: now + 60 })}.`],
  ['alg none with the good signature', `${part({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`],
  ['HS512', jwt.sign(alice, JWT_KEY, { algorithm: 'HS512' })],
  ['another payload under the signature', `${header}.${part({ id: 'bob', email: 'bob@example.com' })}.${signature}`],
  ['without a signature', `${header}.${payload}`],
  ['without an id', jwt.sign({ email: alice.email }, JWT_KEY)],
  ['with an empty id', jwt.sign({ ...alice, id: '' }, JWT_KEY)],
  ['with a number as id', jwt.sign({ ...alice, id: 7 }, JWT_KEY)],
  ['without an email', jwt.sign({ id: 'alice' }, JWT_KEY)],
  ['with a word as email', jwt.sign({ id: 'alice', email: 'alice' }, JWT_KEY)],
  ['a text as payload', jwt.sign('alice', JWT_KEY)],
  ['not valid yet', jwt.sign({ ...alice, nbf: now + 600 }, JWT_KEY)],
  ['not valid for some seconds yet', jwt.sign({ ...alice, nbf: now + 30 }, JWT_KEY)],
  ['expired some seconds ago', jwt.sign({ ...alice, exp: now - 6 }, JWT_KEY)],
  [
    'with an extension that must be understood',
    jwt.sign(alice, JWT_KEY, { header: { alg: 'HS256', crit: ['x'], x: 1 } as JwtHeader }),
  ],
  ['with an empty list of such extensions', jwt.sign(alice, JWT_KEY, { header: { alg: 'HS256', crit: [] } })],
  ['with half a character in its id', jwt.sign({ ...alice, id: 'a\ud83c' }, JWT_KEY)],
  ['not UTF-8', signed(Buffer.from(JSON.stringify({ ...alice, id: 'caf\u00e9' }), 'latin1'))],
  ['garbage', 'garbage'],
];

test('a valid token identifies the caller, and nothing more', () => {
  expect(tokenVerifier([JWT_KEY])(good)).toEqual(alice);
});

test('a clock may be five seconds off', () => {
  const at = Math.floor(Date.now() / 1_000);
  for (const claims of [{ nbf: at + 4 }, { exp: at - 1 }, { iat: at + 4 }]) {
    expect([claims, tokenVerifier([JWT_KEY])(jwt.sign({ ...alice, ...claims }, JWT_KEY))]).toEqual([claims, alice]);
  }
  expect(tokenVerifier([JWT_KEY])(signed(Buffer.from(JSON.stringify({ ...alice, id: 'café' }))))?.id).toBe('café');
});

test('while the key is replaced, tokens of both keys are good, and those of no other', async () => {
  const [before, after] = ['key-before-it-was-replaced', 'key-after-it-was-replaced'];
  const { app: replacing } = testApp(
    (router) => router.get('/me', requireAuth, (req, res) => void res.json(currentUserOf(req))),
    {
      verifyToken: tokenVerifier([after, before]),
    },
  );
  const statusOf = async (key: string) =>
    (
      await request(replacing)
        .get('/me')
        .set('Authorization', `Bearer ${signToken(alice, key)}`)
    ).status;
  expect([await statusOf(before), await statusOf(after), await statusOf(JWT_KEY)]).toEqual([200, 200, 401]);
});

test('a token lives seven days unless told otherwise', () => {
  const { exp, iat } = jwt.decode(good) as { exp: number; iat: number };
  expect(exp - iat).toBe(7 * 24 * 60 * 60);
  const short = jwt.decode(signToken(alice, JWT_KEY, { expiresInSeconds: 60 })) as { exp: number; iat: number };
  expect(short.exp - short.iat).toBe(60);
});

test('a good bearer token and a good cookie sign in', async () => {
  const bearer = await request(app).get('/me').set('Authorization', `Bearer ${good}`);
  expect([bearer.status, bearer.body]).toEqual([200, alice]);
  const cookie = await request(app)
    .get('/me')
    .set('Cookie', sessionCookie({ jwt: good }));
  expect([cookie.status, cookie.body]).toEqual([200, alice]);
  expect(cookie.headers['set-cookie']).toBeUndefined();
});

test('the scheme is not case-sensitive, and another scheme leaves the cookie to speak', async () => {
  expect((await request(app).get('/me').set('Authorization', `bearer ${good}`)).status).toBe(200);
  const both = request(app)
    .get('/me')
    .set('Authorization', 'Basic YTpi')
    .set('Cookie', sessionCookie({ jwt: good }));
  expect((await both).status).toBe(200);
});

test('an invalid bearer token is not saved by a good cookie', async () => {
  const both = request(app)
    .get('/me')
    .set('Authorization', 'Bearer x')
    .set('Cookie', sessionCookie({ jwt: good }));
  expect((await both).status).toBe(401);
});

test.each(badTokens)('a token that is %s does not sign in, as bearer and as cookie', async (_name, token) => {
  expect((await request(app).get('/me').set('Authorization', `Bearer ${token}`)).status).toBe(401);
  const res = await request(app)
    .get('/me')
    .set('Cookie', sessionCookie({ jwt: token }));
  expect(res.status).toBe(401);
  expect(res.body).toEqual({ errors: [{ message: 'sign in first: send a valid token' }] });
});

test.each([
  ['no header at all', {}],
  ['Bearer without a token', { Authorization: 'Bearer ' }],
  ['a cookie that is no base64', { Cookie: 'session=%%%' }],
  ['a cookie that is no JSON', { Cookie: `session=${base64('{"jwt":')}` }],
  ['an empty cookie', { Cookie: 'session=' }],
  ['a cookie of null', { Cookie: sessionCookie(null) }],
  ['a cookie of a number', { Cookie: sessionCookie(7) }],
  ['a cookie of a text', { Cookie: sessionCookie('jwt') }],
  ['a cookie of an array', { Cookie: sessionCookie([good]) }],
  ['a cookie without a token', { Cookie: sessionCookie({}) }],
  ['a token that is no text', { Cookie: sessionCookie({ jwt: { a: 1 } }) }],
  ['a token of null', { Cookie: sessionCookie({ jwt: null }) }],
  ['names of the prototype', { Cookie: `session=${base64('{"__proto__":{"jwt":"x"},"constructor":1,"toJSON":1}')}` }],
  ['a cookie of another name', { Cookie: sessionCookie({ jwt: good }).replace('session', 'other') }],
])('%s means not signed in, never a 500', async (_name, headers) => {
  expect((await request(app).get('/me').set(headers)).status).toBe(401);
});
