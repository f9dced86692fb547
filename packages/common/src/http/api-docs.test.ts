import { Agent, type ClientRequest, createServer, get as httpGet } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { openApiDocument } from '../api/openapi';
import { testApp } from './app.test.helper';

const { app } = testApp(() => undefined);
const get = (path: string, headers = {}) => request(app).get(path).set(headers);

test('anyone gets the document, once and then by its tag', async () => {
  const res = await get('/api/openapi.json');
  expect([res.status, res.type]).toEqual([200, 'application/json']);
  expect(res.body).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  expect(res.headers).toMatchObject({ 'cache-control': 'public, max-age=3600', etag: expect.stringMatching(/^".+"$/) });
  const again = await get('/api/openapi.json', { 'If-None-Match': res.headers['etag'] });
  expect([again.status, again.text]).toEqual([304, '']);
});

test('the page names files that are there, of this origin, and has nothing inline', async () => {
  const { text, headers } = await get('/api/docs');
  expect((await get('/api/docs/')).text).toBe(text);
  const names = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, name = '']) => name);
  expect(names).toHaveLength(4);
  for (const name of names) expect([name, (await get(name)).status]).toEqual([name, 200]);
  expect(text).not.toMatch(/<style|style=|<script>|\son\w+=/);
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
});

test.each([
  ['swagger-ui.css', 'text/css'],
  ['swagger-ui-bundle.js', 'text/javascript'],
  ['favicon-32x32.png', 'image/png'],
  ['start.js', 'text/javascript'],
])('%s is %s and is asked for again by its tag', async (file, type) => {
  const res = await get(`/api/docs/${file}`);
  expect([res.status, res.type, res.headers['cache-control']]).toEqual([200, type, 'public, max-age=3600']);
  expect(res.headers['last-modified']).toBeUndefined();
  expect((await get(`/api/docs/${file}`, { 'If-None-Match': res.headers['etag'] })).status).toBe(304);
});

test.each(['package.json', 'index.html', '%2e%2e/zod/package.json', 'swagger-ui-bundle.js.map'])(
  'nothing else of the package is served: %s',
  async (file) => {
    expect((await get(`/api/docs/${file}`)).status).toBe(404);
  },
);

test('a file leaves its connection to the next one', async () => {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { port } = server.address() as AddressInfo;
  const whole = (path: string) =>
    new Promise<ClientRequest>((resolve, reject) => {
      const sent = httpGet({ port, host: '127.0.0.1', path, agent }, (res) => {
        res.resume().once('end', () => setImmediate(resolve, sent)); // by then the socket is free
      }).once('error', reject);
    });
  try {
    await whole('/api/docs/swagger-ui-bundle.js');
    expect((await whole('/api/docs/swagger-ui.css')).reusedSocket).toBe(true);
    expect((await whole('/api/docs/start.js')).reusedSocket).toBe(true);
  } finally {
    agent.destroy();
    server.close();
  }
});
