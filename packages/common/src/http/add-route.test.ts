import request from 'supertest';
import type { Operation } from '../api/operation';
import { addRoute } from './add-route';
import { JWT_KEY, testApp } from './app.test.helper';
import { signToken } from './sign-in/token';

const operation = { tag: 'tickets', summary: '', method: 'put', replies: {} } as const;
const closed: Operation = { ...operation, id: 'closed', path: '/closed/:id', signedIn: true };
const open: Operation = { ...operation, id: 'open', path: '/open/:id', signedIn: false };

const { app } = testApp((router) => {
  for (const each of [closed, open]) {
    addRoute(
      router,
      each,
      (_req, res, next) => {
        res.set('First', 'yes');
        next();
      },
      (req, res) => void res.json({ id: req.params['id'], user: req.currentUser?.id }),
    );
  }
});

const alice = `Bearer ${signToken({ id: 'alice', email: 'alice@example.com' }, JWT_KEY)}`;

test('only signed-in callers reach the handler of an operation that needs them; other operations are for anyone', async () => {
  const refused = await request(app).put('/closed/1');
  expect([refused.status, refused.headers['first']]).toEqual([401, undefined]);
  expect((await request(app).put('/open/1')).body).toEqual({ id: '1' });
});

test('its handlers run in their order, by its method only', async () => {
  const res = await request(app).put('/closed/1').set('Authorization', alice);
  expect([res.headers['first'], res.body]).toEqual(['yes', { id: '1', user: 'alice' }]);
  expect((await request(app).get('/closed/1').set('Authorization', alice)).status).toBe(404);
});
