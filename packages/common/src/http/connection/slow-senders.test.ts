import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { waitFor } from '@ticketing/testing';
import { testApp } from '../app.test.helper';
import { type HttpServer, listen } from './server';

let reached = 0;
let cutOff: () => void;
const isCutOff = new Promise<void>((resolve) => (cutOff = resolve));
const { app } = testApp((router) => {
  router.get('/quick', (_req, res) => void res.json({ ok: true }));
  router.get('/big', (_req, res) => void res.once('close', cutOff).end(Buffer.alloc(30 * 1024 * 1024)));
  router.post('/echo', (req, res) => {
    reached += 1;
    res.json(req.body);
  });
});

let server: HttpServer;

beforeAll(async () => {
  server = await listen(app, 0, { graceMs: 0, requestTimeoutMs: 300 });
});
afterAll(() => server.drain());

/** What the server answers to a sender that sends this and then single letters, until it is cut off. */
async function drip(start: string, letter: string): Promise<string> {
  const socket: Socket = connect(server.port);
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  socket.on('error', () => undefined); // its end, while the client is still sending
  if (start !== '') socket.write(start);
  const dripping = setInterval(() => letter !== '' && socket.write(letter), 50);
  await once(socket, 'close');
  clearInterval(dripping);
  return answer;
}

const TOO_SLOW = { errors: [{ message: 'the request takes too long to arrive: send it again, faster' }] };
const HEAD = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

test.concurrent.each([
  ['headers that never end', 'GET /quick HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'a'],
  ['headers that stop', 'GET /quick HTTP/1.1\r\nHost', ''],
  ['a body that drips', `${HEAD}Content-Length: 1000\r\n\r\n"`, 'a'],
  ['a body that never comes', `${HEAD}Content-Length: 1000\r\n\r\n`, ''],
  ['chunks that drip', `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, '1\r\na\r\n'],
])('%s: 408 in the shape of every error, and the connection is closed', async (_name, start, letter) => {
  const [head, body] = (await drip(start, letter)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nContent-Type: application\/json[^]*Connection: close/);
  expect(JSON.parse(body ?? '')).toEqual(TOO_SLOW);
  expect(reached).toBe(0);
});

test.concurrent('a connection over which nothing was ever sent is closed without a word', async () => {
  expect(await drip('', '')).toBe('');
});

test.concurrent('a connection that was used and is idle is kept', async () => {
  const socket = connect(server.port);
  const ask = async (): Promise<string> => {
    socket.write('GET /quick HTTP/1.1\r\nHost: x\r\n\r\n');
    return String((await once(socket, 'data'))[0]);
  };
  expect(await ask()).toContain('200 OK');
  await new Promise((resolve) => setTimeout(resolve, 2_000)); // longer than both the limit and the look
  expect(await ask()).toContain('200 OK');
  socket.destroy();
});

test('requests that arrive while the process is held up are answered, however long that takes', async () => {
  const patient = await listen(app, 0, { graceMs: 0, requestTimeoutMs: 2_000 });
  const answers = new Map<string, string>();
  const senders = [
    ['a request', '', 'GET /quick HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['the rest of a request', 'GET /quick HTTP/1.1\r\nHo', 'st: x\r\n\r\n'],
    ['the body of a request', `${HEAD}Content-Length: 2\r\n\r\n`, '{}'],
  ].map(([name = '', early = '', late = '']) => {
    const socket = connect(patient.port);
    const add = (text: unknown) => answers.set(name, `${answers.get(name) ?? ''}${String(text)}`);
    socket.on('data', add).on('error', add);
    return { socket, early, late };
  });
  await Promise.all(senders.map(({ socket }) => once(socket, 'connect')));
  for (const { socket, early } of senders) if (early !== '') socket.write(early);
  await new Promise((resolve) => setTimeout(resolve, 100)); // the server accepts and reads it
  for (const { socket, late } of senders) socket.write(late);
  const until = Date.now() + 5_200; // longer than the limit and a look, and than a connection may be silent
  while (Date.now() < until);
  await waitFor(() => answers.size === senders.length);
  for (const { socket } of senders) socket.destroy();
  await patient.drain();
  const ok = expect.stringContaining('200 OK') as string;
  expect(Object.fromEntries(answers)).toEqual({
    'a request': ok,
    'the rest of a request': ok,
    'the body of a request': ok,
  });
});

test.concurrent('a reply that its client does not read is cut off', async () => {
  const socket = connect(server.port);
  socket.pause();
  socket.write('GET /big HTTP/1.1\r\nHost: x\r\n\r\n');
  await isCutOff;
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('error', () => undefined);
  socket.resume();
  await once(socket, 'close');
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(30 * 1024 * 1024);
});
