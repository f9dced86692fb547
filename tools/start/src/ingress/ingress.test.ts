import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@ticketing/servers';
import { startIngress } from './ingress';
import { echo, start, target } from './ingress.test.helper';

const nobody = async () => `http://127.0.0.1:${await freePort()}`;

test('an idle connection is for the client to close: one that is closed under a request would lose it', async () => {
  const { url } = await start({ '/api/tickets': [await echo('tickets')] });
  expect((await fetch(`${url}/api/tickets`)).headers.get('keep-alive')).toBe('timeout=65');
});

test('each path and all below it goes to its own target, whole; another path is 404 as JSON', async () => {
  const { url } = await start({ '/api/tickets': [await echo('tickets')], '/api/orders': [await echo('orders')] });
  const served = async (path: string) => (await fetch(`${url}${path}`)).headers.get('x-served-by');
  expect(await served('/api/tickets')).toBe('tickets');
  expect(await served('/api/tickets?limit=1')).toBe('tickets');
  expect(await served('/api/orders/1')).toBe('orders');

  const below = (await (await fetch(`${url}/api/tickets/1%2F2?limit=1&cursor=a%20b`)).json()) as { url: string };
  expect(below.url).toBe('/api/tickets/1%2F2?limit=1&cursor=a%20b');

  for (const path of ['/', '/api', '/api/ticketsx', '/healthz']) {
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({ errors: [{ message: 'there is nothing at this path' }] });
  }
});

test('method, body, headers, status and cookies pass; X-Forwarded-* says who asked for what', async () => {
  const { url, port } = await start({
    '/api': [
      await target((request, response) => {
        response.writeHead(409, { etag: '"7"', 'set-cookie': ['a=1', 'b=2'] });
        request.on('data', (chunk: Buffer) => response.write(chunk));
        request.on('end', () => response.end(`\n${JSON.stringify(request.headers)} ${request.method}`));
      }),
    ],
  });
  const body = 'x'.repeat(300_000);
  const response = await fetch(`${url}/api`, { method: 'PUT', body, headers: { authorization: 'Bearer t' } });
  expect(response.status).toBe(409);
  expect(response.headers.get('etag')).toBe('"7"');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  const [sent, seen = ''] = (await response.text()).split('\n');
  expect(sent).toBe(body);
  expect(seen).toMatch(/PUT$/);
  expect(JSON.parse(seen.replace(/ PUT$/, ''))).toMatchObject({
    authorization: 'Bearer t',
    host: `localhost:${port}`,
    'x-forwarded-host': `localhost:${port}`,
    'x-forwarded-proto': 'http',
    'x-forwarded-for': expect.stringMatching(/127\.0\.0\.1|::1/),
  });
});

test('what a client says in X-Forwarded-* of where it comes from is not passed on', async () => {
  const { url, port } = await start({ '/api': [await echo('api')] });
  const said = { for: '192.0.2.1', host: 'other.example', port: '1', proto: 'https' };
  const headers = Object.entries(said).map(([name, value]): [string, string] => [`X-Forwarded-${name}`, value]);
  const { headers: seen } = (await (await fetch(`${url}/api`, { headers })).json()) as {
    headers: Record<string, string>;
  };
  expect(seen).toMatchObject({
    'x-forwarded-for': expect.stringMatching(/^(::ffff:127\.0\.0\.1|127\.0\.0\.1|::1)$/),
    'x-forwarded-host': `localhost:${port}`,
    'x-forwarded-port': `${port}`,
    'x-forwarded-proto': 'http',
  });
});

test('the targets of a route that has to get ready are read when it is', async () => {
  const targets: string[] = [];
  const ready = async () => void targets.splice(0, 1, await echo('late'));
  const { url } = await start({ '/': targets }, { ready, onlyHere: true });
  const response = await fetch(`${url}/`);
  expect([response.status, response.headers.get('x-served-by')]).toEqual([200, 'late']);
  expect((await fetch(`${url}/other`)).status).toBe(404);
});

const elsewhere = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

(elsewhere === undefined ? test.skip : test)(
  'what is only for this machine is not there for an address of another',
  async () => {
    const { port } = await start({ '/': [await echo('here')] }, { onlyHere: true });
    const statusAt = async (host: string) => (await fetch(`http://${host}:${port}/`)).status;
    expect([await statusAt('127.0.0.1'), await statusAt(elsewhere ?? '')]).toEqual([200, 404]);
  },
);

test('several targets take turns, and one that refuses is passed over without losing a request, body included', async () => {
  const targets = [await echo('a'), await echo('b')];
  const { url } = await start({ '/api': targets });
  const by = async () => {
    const response = await fetch(`${url}/api`, { method: 'POST', body: 'kept' });
    expect(await response.json()).toMatchObject({ body: 'kept' });
    return response.headers.get('x-served-by');
  };
  expect([await by(), await by(), await by(), await by()].sort()).toEqual(['a', 'a', 'b', 'b']);
  targets[0] = await nobody();
  expect([await by(), await by(), await by(), await by()]).toEqual(['b', 'b', 'b', 'b']);
});

test('no target takes connections: 503 as JSON, and 200 as soon as one does', async () => {
  const targets = [await nobody(), await nobody()];
  const { url } = await start({ '/api': targets, '/none': [] });
  for (const path of ['/api', '/none']) {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: 'x' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toEqual({
      errors: [{ message: 'the service does not take connections: try again' }],
    });
  }
  targets.push(await echo('late'));
  expect((await fetch(`${url}/api`)).status).toBe(200);
});

test('a target that breaks off before its answer is 502, and the request is not sent again, to it or another', async () => {
  let asked = 0;
  const broken = await target((request) => {
    asked++;
    request.socket.destroy();
  });
  const { url } = await start({ '/api': [broken, broken] });
  const response = await fetch(`${url}/api`, { method: 'POST', body: 'x' });
  expect(response.status).toBe(502);
  expect(await response.json()).toEqual({ errors: [{ message: 'the service broke off' }] });
  expect(asked).toBe(1);
});

test('a target that breaks off within its answer ends the answer, so that no client waits without end', async () => {
  const half = await target((_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => setTimeout(() => response.destroy(), 50));
  });
  const { url } = await start({ '/api': [half] });
  const response = await fetch(`${url}/api`);
  await expect(response.text()).rejects.toThrow();
});

test('a client that goes away takes its request along', async () => {
  let leave: () => void = () => undefined;
  let end: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  const asked = await target((request) => {
    request.socket.once('close', () => end('closed'));
    leave();
  });
  const { port } = await start({ '/api': [asked] });
  const client = connect(port, 'localhost', () => client.write('GET /api HTTP/1.1\r\nhost: x\r\n\r\n'));
  leave = () => client.destroy();
  expect(await ended).toBe('closed');
});

test('stop lets an answer under way finish and takes no more connections', async () => {
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const slow = await target((_request, response) => {
    reach();
    void sleep(200).then(() => response.end('whole'));
  });
  const ingress = await start({ '/api': [slow] });
  const { url } = ingress;
  const answer = fetch(`${url}/api`);
  await reached;
  const stopped = ingress.stop();
  await expect(fetch(`${url}/api`)).rejects.toThrow();
  expect(await (await answer).text()).toBe('whole');
  await stopped;
  await ingress.stop();
});

test('a port that is taken is an error', async () => {
  const { port } = await start({});
  await expect(startIngress({ port, routes: [] })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
