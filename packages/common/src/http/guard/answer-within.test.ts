import { once } from 'node:events';
import { Agent, type IncomingMessage, get } from 'node:http';
import request from 'supertest';
import { ConflictError } from '../../errors/kinds';
import { waitFor } from '@ticketing/testing';
import { testApp } from '../app.test.helper';
import { listen } from '../connection/server';

/** Ends the hanging requests, each with what its route finally does. */
const hanging: (() => void)[] = [];
const hang = () => new Promise<void>((resolve) => hanging.push(resolve));

const { app, lines } = testApp(
  (router) => {
    router.get('/slow', async (_req, res) => {
      await hang();
      res.status(201).set('ETag', '"0"').json({ late: true });
    });
    router.get('/empty', async (_req, res) => {
      await hang();
      res.status(204).end();
    });
    router.get('/fails', async () => {
      await hang();
      throw new ConflictError('too late');
    });
    router.get('/begun', async (_req, res) => {
      res.write('[');
      await hang();
      res.end(']');
    });
    router.get('/quick', (_req, res) => void res.json({ ok: true }));
  },
  { requestTimeoutMs: 150 },
);

beforeEach(() => lines.splice(0));

const goOn = () => hanging.splice(0).forEach((end) => end());

test.each(['/slow', '/empty', '/fails'])('%s: 503 with Retry-After when no reply begins in time', async (path) => {
  const reply = await request(app).get(path);
  expect(reply.status).toBe(503);
  expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  expect(reply.body).toEqual({ errors: [{ message: expect.stringContaining('takes too long') }] });
  goOn();
});

test.each([
  ['/slow', true],
  ['/empty', false],
  ['/fails', true],
])('what %s still does is not sent, breaks nothing on the connection, and is no fault', async (path, isSaid) => {
  const server = await listen(app, 0, { graceMs: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = async (to: string): Promise<[number | undefined, string]> => {
    const [res] = (await once(get({ port: server.port, path: to, agent }), 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of res) text += String(chunk);
    return [res.statusCode, text];
  };
  expect((await call(path))[0]).toBe(503);
  goOn();
  if (isSaid) await waitFor(() => lines.some(({ msg }) => msg === 'a request that was given up has ended'));
  expect(await call('/quick')).toEqual([200, '{"ok":true}']);
  expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  await server.drain();
  agent.destroy();
});

test('a reply that has begun may take its time', async () => {
  const reply = Promise.resolve(request(app).get('/begun'));
  await waitFor(() => hanging.length > 0);
  setTimeout(goOn, 400);
  expect((await reply).text).toBe('[]');
});

test('a request that is over leaves no timer', async () => {
  const { app: patient } = testApp((router) => router.get('/quick', (_req, res) => void res.json({})));
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  for (let n = 0; n < 20; n++) await request(patient).get('/quick').expect(200);
  await waitFor(() => timers() < before + 10);
});
