import request from 'supertest';
import { pageQuery } from '../api/page-query';
import { testApp } from './app.test.helper';
import { setNextLink } from './pagination';
import { parseQuery } from './validate';

const ID = '64b7f0c2a1b2c3d4e5f60718';

const { app } = testApp((router) => {
  router.get('/api/tickets', (req, res) => {
    const page = parseQuery(pageQuery, req);
    setNextLink(req, res, { limit: page.limit, cursor: ID });
    res.json(page);
  });
});

const get = (query: string) => request(app).get(`/api/tickets${query}`);

test.each([
  ['', { limit: 50 }],
  ['?limit=1', { limit: 1 }],
  ['?limit=100', { limit: 100 }],
  [`?cursor=${ID.toUpperCase()}`, { limit: 50, cursor: ID }],
  [`?cursor=${ID}&limit=7&other=x`, { limit: 7, cursor: ID }],
])('the query %j is the page %j', async (query, page) => {
  const res = await get(query);
  expect([res.status, res.body]).toEqual([200, page]);
});

test.each([
  ['?limit=0', ['limit']],
  ['?limit=101', ['limit']],
  ['?limit=-1', ['limit']],
  ['?limit=1.5', ['limit']],
  ['?limit=1e1', ['limit']],
  ['?limit=', ['limit']],
  ['?limit=ten', ['limit']],
  ['?limit=1&limit=2', ['limit']],
  ['?cursor=', ['cursor']],
  ['?cursor=xyz', ['cursor']],
  [`?cursor=${ID}0`, ['cursor']],
  [`?cursor=${ID}&cursor=${ID}`, ['cursor']],
  ['?cursor[$gt]=&limit[]=1', []],
  ['?limit=x&cursor=y', ['limit', 'cursor']],
])('the query %j is refused for %j', async (query, fields) => {
  const res = await get(query);
  expect(res.status).toBe(fields.length === 0 ? 200 : 400);
  expect((res.body.errors ?? []).map(({ field }: { field: string }) => field)).toEqual(fields);
});

test('the Link names the next page by the same path and limit', async () => {
  const res = await get('?limit=7&other=x');
  expect(res.headers['link']).toBe(`</api/tickets?limit=7&cursor=${ID}>; rel="next"`);
});
