import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { waitFor, testToken } from '@ticketing/testing';
import { freePort } from '@ticketing/servers';
import { TestSystem } from '../system/system.helper';

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.open();
});
afterAll(() => system.close());

async function sell(url: string, headers: Record<string, string>): Promise<Response> {
  const body = JSON.stringify({ title: 'concert', price: 20 });
  return fetch(`${url}/api/tickets`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ISSUER = 'https://sign-in.example/';

function tokenOf(sub: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + 600;
  const claims = { sub, email: `${sub}@example.com`, iss: ISSUER, aud: 'ticketing', exp };
  const signed = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

test('by JWKS: a service starts without the sign-in service, answers 503 to calls that need a user, and 201 once it is there', async () => {
  const port = await freePort();
  const service = await system.start('tickets', {
    JWT_KEY: '',
    JWT_JWKS_URL: `http://127.0.0.1:${port}/keys`,
    JWT_ISSUER: ISSUER,
    JWT_AUDIENCE: 'ticketing',
  });
  const authorization = `Bearer ${tokenOf('alice')}`;
  expect((await sell(service.url, { authorization })).status).toBe(503);
  expect((await fetch(`${service.url}/api/tickets`, { headers: { authorization } })).status).toBe(200);

  const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256' }] };
  const signIn = createServer((_req, res) => void res.end(JSON.stringify(keys)));
  await new Promise<void>((resolve) => signIn.listen(port, '127.0.0.1', resolve));
  const reply = await waitFor(async () => {
    const answer = await sell(service.url, { authorization });
    return answer.status === 503 ? undefined : answer;
  });
  expect([reply.status, await reply.json()]).toMatchObject([201, { userId: 'alice' }]);
  expect((await sell(service.url, { authorization: `Bearer ${testToken('alice')}` })).status).toBe(401);
  signIn.closeAllConnections();
  signIn.close();
  await service.stop();
});

test('behind the ingress a made-up X-Forwarded-For does not get round the limit, nor straight at the service', async () => {
  const service = await system.start('tickets', { RATE_LIMIT_PER_MINUTE: '3', TRUST_PROXY: '127.0.0.1' });
  const statuses = async (url: string) => {
    const list: number[] = [];
    for (const n of [1, 2, 3, 4]) {
      list.push((await fetch(`${url}/api/tickets`, { headers: { 'x-forwarded-for': `192.0.2.${n}` } })).status);
    }
    return list;
  };
  expect(await statuses(system.url)).toEqual([200, 200, 200, 429]);
  const authorization = `Bearer ${testToken('alice')}`;
  expect((await sell(system.url, { authorization })).status).toBe(201);
  await service.stop();

  const direct = await system.start('tickets', { RATE_LIMIT_PER_MINUTE: '3', TRUST_PROXY: '' });
  expect(await statuses(direct.url)).toEqual([200, 200, 200, 429]);
});
