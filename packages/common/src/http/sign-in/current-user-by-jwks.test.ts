import request from 'supertest';
import { testApp } from '../app.test.helper';
import { jwksVerifier } from './jwks';
import { currentUserOf, requireAuth } from './require-auth';
import { AUDIENCE, ISSUER, SignIn } from './sign-in.test.helper';

const signIn = new SignIn();

beforeAll(async () => {
  await signIn.addKey('first');
  await signIn.open();
});
afterAll(() => signIn.close());

function appOf(url: string) {
  return testApp(
    (router) => {
      router.get('/me', requireAuth, (req, res) => void res.json(currentUserOf(req)));
      router.get('/public', (req, res) => void res.json({ user: req.currentUser?.id ?? null }));
    },
    { verifyToken: jwksVerifier({ url, issuer: ISSUER, audience: AUDIENCE }) },
  ).app;
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const cookie = (jwt: string) => ({ Cookie: `session=${Buffer.from(JSON.stringify({ jwt })).toString('base64')}` });

test('a good token signs in as bearer and as cookie; a bad one does not', async () => {
  const app = appOf(signIn.url);
  const token = await signIn.token();
  for (const headers of [bearer(token), cookie(token)]) {
    const { body } = await request(app).get('/me').set(headers).expect(200);
    expect(body).toEqual({ id: 'alice', email: 'alice@example.com' });
  }
  await request(app).get('/me').expect(401);
  await request(app)
    .get('/me')
    .set(bearer(`${token}x`))
    .expect(401);
});

test('while the keys are away, calls that need a user get 503, not 401, and public calls are answered', async () => {
  await signIn.close();
  const app = appOf(signIn.url);
  const token = await signIn.token();
  for (const headers of [bearer(token), cookie(token)]) {
    const reply = await request(app).get('/me').set(headers).expect(503);
    expect(reply.body).toEqual({ errors: [{ message: expect.stringContaining('cannot be checked at the moment') }] });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  }
  await request(app).get('/me').expect(401);
  await request(app).get('/public').set(bearer(token)).expect(200, { user: null });
  await request(app).get('/healthz').set(bearer(token)).expect(200);
});
