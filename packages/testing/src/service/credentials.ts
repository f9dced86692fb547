import { signToken } from '@ticketing/common';
import jwt from 'jsonwebtoken';

export const TEST_JWT_KEY = 'a-key-that-only-tests-use-0123456789';

/** A token of a user whose id is this name. */
export function testToken(userId: string): string {
  return signToken({ id: userId, email: `${userId}@example.com` }, TEST_JWT_KEY);
}

/** Headers of callers that are not signed in, each with another fault, named for `test.each`. */
export function badCredentials(): [string, Record<string, string>][] {
  const user = { id: 'alice', email: 'alice@example.com' };
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const cookie = (text: string) => ({ Cookie: `session=${text}` });
  const wrongKey = signToken(user, 'another-key-than-the-one-that-tests-use');
  const expired = signToken(user, TEST_JWT_KEY, { expiresInSeconds: -60 });
  return [
    ['nothing', {}],
    ['a token that is none', bearer('nonsense')],
    ['a token whose content is not JSON', bearer(`${base64({ alg: 'HS256', typ: 'JWT' })}.bm90anNvbg.abc`)],
    ['a token signed with a wrong key', bearer(wrongKey)],
    ['an expired token', bearer(expired)],
    ['a token with alg none', bearer(`${base64({ alg: 'none', typ: 'JWT' })}.${base64(user)}.`)],
    ['a token signed by another algorithm', bearer(jwt.sign(user, TEST_JWT_KEY, { algorithm: 'HS512' }))],
    ['a token without an email', bearer(jwt.sign({ id: user.id }, TEST_JWT_KEY))],
    ['another scheme', { Authorization: `Basic ${testToken('alice')}` }],
    ['a cookie that is not base64', cookie('%%%')],
    ['a cookie that is not JSON', cookie(Buffer.from('not json').toString('base64'))],
    ['a cookie without a token', cookie(base64({ other: 1 }))],
    ['a cookie with an expired token', cookie(base64({ jwt: expired }))],
    ['a cookie with a token signed with a wrong key', cookie(base64({ jwt: wrongKey }))],
    ['a bad bearer beside a good cookie', { ...bearer(wrongKey), ...sessionCookie('alice') }],
  ];
}

/** The cookie-session cookie of a user. */
export function sessionCookie(userId: string): { Cookie: string } {
  return { Cookie: `session=${Buffer.from(JSON.stringify({ jwt: testToken(userId) })).toString('base64')}` };
}
