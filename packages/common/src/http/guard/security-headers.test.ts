import request from 'supertest';
import { testApp } from '../app.test.helper';

const PAGE_POLICY = "default-src 'self'";

const { app } = testApp((router) => {
  router.get('/thing', (_req, res) => void res.json({}));
  router.get('/page', (_req, res) => {
    res.set('Content-Security-Policy', PAGE_POLICY).type('html').send('<p>docs</p>');
  });
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

test('a page has a policy of its own instead, and all the other headers', async () => {
  const { headers } = await request(app).get('/page').expect(200);
  expect(headers).toMatchObject({ ...HEADERS, 'content-security-policy': PAGE_POLICY });
});
