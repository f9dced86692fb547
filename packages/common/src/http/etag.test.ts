import request from 'supertest';
import { testApp } from './app.test.helper';
import { etagOf, requireMatch } from './etag';

const { app } = testApp((router) => {
  router.get('/ticket', (_req, res) => {
    res.set('ETag', etagOf(3)).json({ version: 3 });
  });
  router.put('/ticket', (req, res) => {
    requireMatch(req, 3);
    res.json({ version: 4 });
  });
});

test('the ETag is the version, and a client that has it gets a 304', async () => {
  expect((await request(app).get('/ticket')).headers['etag']).toBe('"3"');
  expect((await request(app).get('/ticket').set('If-None-Match', '"3"')).status).toBe(304);
  expect((await request(app).get('/ticket').set('If-None-Match', '"2"')).status).toBe(200);
});

test('without If-Match every version is meant', async () => {
  expect((await request(app).put('/ticket')).status).toBe(200);
});

test.each(['"3"', '*', ' * ', '"1", "3"', '"1","2" ,"3"', '"a,b", "3"', 'W/"3", "3"'])(
  'If-Match %s matches version 3',
  async (header) => {
    expect((await request(app).put('/ticket').set('If-Match', header)).status).toBe(200);
  },
);

test.each(['"2"', 'W/"3"', '3', '"33"', '""', '"1", W/"3"', '"1" "3"', '*, "2"', '"3', "'3'", '"x, 3"'])(
  'If-Match %s does not match version 3: 412',
  async (header) => {
    const res = await request(app).put('/ticket').set('If-Match', header);
    expect(res.status).toBe(412);
    expect(res.body.errors[0].message).toContain('read it again');
  },
);
