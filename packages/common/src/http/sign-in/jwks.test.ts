import { createHmac } from 'node:crypto';
import { exportSPKI } from 'jose';
import { UnavailableError } from '../../errors/kinds';
import { jwksVerifier } from './jwks';
import { AUDIENCE, ISSUER, SignIn } from './sign-in.test.helper';

let signIn: SignIn;

beforeEach(async () => {
  signIn = new SignIn();
  await signIn.addKey('first');
  await signIn.open();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await signIn.close();
});

const verifier = (cooldownMs?: number) =>
  jwksVerifier({
    url: signIn.url,
    issuer: ISSUER,
    audience: AUDIENCE,
    ...(cooldownMs !== undefined && { cooldownMs }),
  });
const alice = { id: 'alice', email: 'alice@example.com' };
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each(['RS256', 'ES256', 'EdDSA'])(
  'a token that is signed by %s tells who is calling, and no more',
  async (alg) => {
    await signIn.addKey('second', alg);
    expect(await verifier()(await signIn.token({ kid: 'second' }))).toEqual(alice);
  },
);

test('the keys are fetched with the first token, once for all that come at the same time, and kept', async () => {
  const verify = verifier();
  expect(signIn.asked).toBe(0);
  const tokens = await Promise.all([signIn.token(), signIn.token({ payload: { sub: 'bob' } })]);
  expect((await Promise.all(tokens.map(verify))).map((user) => user?.id)).toEqual(['alice', 'bob']);
  await verify(tokens[0]);
  expect(signIn.asked).toBe(1);
});

test('a new key is fetched when its first token comes, and one that is gone is no longer good', async () => {
  const verify = verifier(0);
  const old = await signIn.token();
  expect(await verify(old)).toEqual(alice);
  await signIn.addKey('second');
  signIn.keys.delete('first');
  expect(await verify(await signIn.token({ kid: 'second' }))).toEqual(alice);
  expect(signIn.asked).toBe(2);
  expect(await verify(old)).toBeUndefined();
});

test('tokens with invented key ids do not cause repeated fetches of the keys', async () => {
  const verify = verifier();
  await verify(await signIn.token());
  const known = signIn.keys.get('first');
  for (const kid of ['a', 'b', 'c']) {
    if (known) signIn.keys.set(kid, known);
    const forged = await signIn.token({ kid });
    signIn.keys.delete(kid);
    expect(await verify(forged)).toBeUndefined();
  }
  expect(signIn.asked).toBe(1);
});

test.each<[string, Parameters<SignIn['token']>[0]]>([
  ['of another issuer', { payload: { iss: 'https://other.example/' } }],
  ['without an issuer', { payload: { iss: undefined } }],
  ['for another audience', { payload: { aud: 'other' } }],
  ['without an audience', { payload: { aud: undefined } }],
  ['expired', { expires: '-60s' }],
  ['expired some seconds ago', { expires: '-6s' }],
  ['with half a character as subject', { payload: { sub: 'a\ud83c' } }],
  ['without an end', { expires: undefined }],
  ['not valid yet', { payload: { nbf: Math.floor(Date.now() / 1_000) + 600 } }],
  ['without a subject', { payload: { sub: undefined } }],
  ['with an empty subject', { payload: { sub: '' } }],
  ['without an email', { payload: { email: undefined } }],
  ['with a word as email', { payload: { email: 'alice' } }],
])('a token %s is not good', async (_name, parts) => {
  expect(await verifier()(await signIn.token(parts))).toBeUndefined();
});

test('a clock may be five seconds off', async () => {
  const at = Math.floor(Date.now() / 1_000);
  for (const parts of [{ payload: { nbf: at + 4 } }, { expires: '-1s' }, { payload: { iat: at + 4 } }]) {
    expect([parts, await verifier()(await signIn.token(parts))]).toEqual([parts, alice]);
  }
});

test('the algorithm is not for the token to choose: neither none, nor HS256 by the public key as its secret', async () => {
  const verify = verifier();
  const pair = await signIn.addKey('rsa', 'RS256');
  const [, payload = '', signature = ''] = (await signIn.token({ kid: 'rsa' })).split('.');
  const pem = await exportSPKI(pair.publicKey);
  const hmac = (alg: string, hash: string, key: string, kid?: string): string => {
    const signed = `${part({ alg, typ: 'JWT', kid })}.${payload}`;
    return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
  };
  const forged = [
    hmac('HS256', 'sha256', pem, 'rsa'),
    hmac('HS256', 'sha256', pem.trim(), 'rsa'),
    hmac('HS256', 'sha256', pem),
    hmac('HS512', 'sha512', pem, 'rsa'),
    hmac('HS256', 'sha256', ''),
    `${part({ alg: 'none' })}.${payload}.`,
    `${part({ alg: 'none', kid: 'rsa' })}.${payload}.${signature}`,
    `${part({ alg: 'ES256', kid: 'rsa' })}.${payload}.${signature}`,
    `${part({ alg: 'PS256', kid: 'rsa' })}.${payload}.${signature}`,
    `${part({ alg: 'RS256', kid: 'rsa' })}.${part({ ...alice, sub: 'mallory', iss: ISSUER, aud: AUDIENCE, exp: 9e9 })}.${signature}`,
    `${part({ alg: 'RS256', kid: 'rsa', crit: ['x'], x: 1 })}.${payload}.${signature}`,
    ...['', 'garbage', 'a.b.c', '..', `${part(null)}.${payload}.${signature}`],
  ];
  expect(await verify(await signIn.token({ kid: 'rsa' }))).toEqual(alice);
  expect(await Promise.all(forged.map((token) => verify(token)))).toEqual(forged.map(() => undefined));
});

test.each(['ES384', 'PS256', 'RS512'])('a key for %s is not used, although the sign-in has it', async (alg) => {
  await signIn.addKey('other', alg);
  expect(await verifier()(await signIn.token({ kid: 'other' }))).toBeUndefined();
});

test('a key that the token brings itself is not used', async () => {
  const verify = verifier();
  const stranger = new SignIn();
  const { publicKey } = await stranger.addKey('first');
  expect(await verify(await stranger.token())).toBeUndefined();
  const [, payload = '', signature = ''] = (await stranger.token()).split('.');
  const jwk = await crypto.subtle.exportKey('jwk', publicKey);
  const header = part({ alg: 'ES256', kid: 'first', jwk, jku: 'http://127.0.0.1:1/' });
  expect(await verify(`${header}.${payload}.${signature}`)).toBeUndefined();
});

test('unavailable keys are UnavailableError; a second later they are fetched again, and then the token is valid', async () => {
  const verify = verifier();
  const token = await signIn.token();
  await signIn.close();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
  await expect(verify(token)).rejects.toThrow(UnavailableError);
  await signIn.open();
  await expect(verify(token)).rejects.toThrow(UnavailableError);
  expect(signIn.asked).toBe(0);
  clock.mockRestore();
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  expect(await verify(token)).toEqual(alice);
});

test.each([
  ['an error', { status: 500, text: 'no' }],
  ['a redirect', { status: 302, text: '' }],
  ['no JSON', { status: 200, text: '<html>' }],
  ['no key set', { status: 200, text: '{"keys":1}' }],
  ['keys that are none', { status: 200, text: '{"keys":[{"kty":"EC","kid":"first","alg":"ES256","crv":"P-256"}]}' }],
])('a sign-in that answers %s: UnavailableError', async (_name, answer) => {
  signIn.answer = answer;
  await expect(verifier()(await signIn.token())).rejects.toThrow(UnavailableError);
});
