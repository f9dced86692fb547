import request from 'supertest';
import { JWT_KEY, testApp } from '../app.test.helper';
import { signToken } from './token';

const { app } = testApp(
  (router) => {
    router.get('/read', (req, res) => void res.json({ user: req.currentUser?.id ?? null }));
    // No service does this; the test shows what would happen.
    router.get('/write', (req, res) => {
      if (req.session) req.session['other'] = 1;
      res.json({});
    });
  },
  { trustProxy: ['loopback'] },
);

const cookieOf = (value: unknown) => `session=${Buffer.from(JSON.stringify(value)).toString('base64')}`;
const good = cookieOf({ jwt: signToken({ id: 'alice', email: 'alice@example.com' }, JWT_KEY) });

test.each([
  ['a good one', good, 'alice'],
  ['one with a bad token', cookieOf({ jwt: 'bad' }), null],
  ['one with more in it', cookieOf({ jwt: 'bad', cart: [1] }), null],
  ['one that cannot be read', 'session=%%%', null],
  ['an empty one', 'session=', null],
  ['another one', 'theme=dark', null],
])('the session cookie is only read: %s is neither changed nor removed nor renewed', async (_name, Cookie, user) => {
  const reply = await request(app).get('/read').set({ Cookie, 'X-Forwarded-Proto': 'https' }).expect(200, { user });
  expect(reply.headers['set-cookie']).toBeUndefined();
});

test('a route that wrote it would send it with every flag, over HTTPS', async () => {
  const reply = await request(app).get('/write').set({ Cookie: good, 'X-Forwarded-Proto': 'https' });
  expect(reply.headers['set-cookie']).toEqual([
    expect.stringMatching(/^session=[\w+/=]+; path=\/; samesite=lax; secure; httponly$/i),
  ]);
});

test('and over plain HTTP would send nothing', async () => {
  const reply = await request(app).get('/write').set('Cookie', good).expect(200);
  expect(reply.headers['set-cookie']).toBeUndefined();
});
