import request from 'supertest';
import { testApp } from './app.test.helper';
import { allowPage } from './security-headers';

const { app } = testApp((router) => {
  router.get('/thing', (_req, res) => void res.json({}));
  router.use('/api/docs', allowPage, (_req, res) => void res.type('html').send('<p>docs</p>'));
});

const HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

test.each([
  ['a reply', '/thing', 200],
  ['an error', '/nowhere', 404],
  ['a probe', '/readyz', 200],
  ['/metrics', '/metrics', 200],
])('%s tells browsers to take it for data only', async (_name, path, status) => {
  const { headers } = await request(app).get(path).expect(status);
  expect(headers).toMatchObject(HEADERS);
});

test('a page has a policy of its own, on its path only: its scripts, but none inline and in no frame', async () => {
  const { headers } = await request(app).get('/api/docs/').expect(200);
  const policy = headers['content-security-policy'];
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("style-src 'self' 'unsafe-inline'");
  expect(policy).toContain("img-src 'self' data:");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('script-src'); // by default-src: 'self', and so nothing inline
  expect(headers).toMatchObject({ ...HEADERS, 'content-security-policy': policy });
});
