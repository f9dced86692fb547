import { once } from 'node:events';
import { Agent, type IncomingMessage, get, request as httpRequest } from 'node:http';
import { connect, Server as NetServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { StartError } from '../../errors/start-error';
import { sleep } from '../../runtime/retry';
import { testApp } from '../app.test.helper';
import { type HttpServer, listen } from './server';

const BIG = 30 * 1024 * 1024;

let draining = false;
let arrived: () => void = () => undefined;
const { app } = testApp(
  (router) => {
    router.get('/quick', (_req, res) => void res.json({ ok: true }));
    router.get('/slow', async (_req, res) => {
      arrived();
      await sleep(500);
      res.json({ ok: true });
    });
    router.get('/big', (_req, res) => void res.end(Buffer.alloc(BIG)));
  },
  { draining: () => draining },
);

const workers: Worker[] = [];

beforeEach(() => {
  draining = false;
});

afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

async function drain(server: HttpServer): Promise<void> {
  draining = true;
  await server.drain();
}

interface Reply {
  readonly status: number | undefined;
  readonly connection: string | undefined;
  readonly bytes: number;
}

async function call(port: number, path: string, agent: Agent): Promise<Reply> {
  const [res] = (await once(get({ port, path, agent }), 'response')) as [IncomingMessage];
  let bytes = 0;
  for await (const chunk of res) bytes += (chunk as Buffer).length;
  return { status: res.statusCode, connection: res.headers.connection, bytes };
}

/** Sends requests over one connection until the server asks to close it; returns how many got 200. */
async function keepCalling(port: number, onAnswer: () => void): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let answered = 1; ; answered += 1) {
    const { status, connection } = await call(port, '/quick', agent);
    if (status !== 200) throw new Error(`answered ${status}`);
    if (connection === 'close') return answered;
    onAnswer();
  }
}

test('a drain under keep-alive load loses no request', async () => {
  const server = await listen(app, 0);
  const warm: Promise<void>[] = [];
  const clients = Array.from({ length: 25 }, () => {
    let onAnswer = (): void => undefined;
    warm.push(new Promise((resolve) => (onAnswer = resolve)));
    return keepCalling(server.port, onAnswer);
  });
  // The load is established when each client has a kept connection with an answer.
  await Promise.race([Promise.all(warm), Promise.all(clients)]);
  await drain(server);
  const answered = await Promise.all(clients);
  expect(answered).toHaveLength(25);
  expect(Math.min(...answered)).toBeGreaterThan(1);
});

test('a request that arrives while the event loop is held up is not taken for an idle connection', async () => {
  const server = await listen(app, 0, { graceMs: 0 });
  const [blocked, sent] = [0, 1];
  const flags = new Int32Array(new SharedArrayBuffer(8));
  // The caller is another thread: it sends its second request while this one is blocked past the last pause of drain().
  const caller = new Worker(
    `const { parentPort, workerData: { port, flags } } = require('node:worker_threads');
    const socket = require('node:net').connect(port, '127.0.0.1');
    const ask = (onSent) => socket.write('GET /quick HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', onSent);
    let text = '';
    socket.on('data', (chunk) => { text += chunk; if (text.endsWith('}')) { parentPort.postMessage(text); text = ''; } });
    socket.on('error', (error) => parentPort.postMessage(error.code));
    socket.on('close', () => parentPort.postMessage('closed'));
    parentPort.on('message', () => { Atomics.wait(flags, ${blocked}, 0); ask(() => Atomics.store(flags, ${sent}, 1)); });
    ask();`,
    { eval: true, workerData: { port: server.port, flags } },
  );
  workers.push(caller);
  expect(String(await once(caller, 'message'))).toContain('200 OK');
  caller.postMessage('ask again');
  const answer = once(caller, 'message');
  const block = () => {
    const start = performance.now();
    Atomics.store(flags, blocked, 1);
    Atomics.notify(flags, blocked);
    const forMs = () => performance.now() - start;
    while (forMs() < 100 || (Atomics.load(flags, sent) === 0 && forMs() < 20_000));
  };
  const closing = jest.spyOn(NetServer.prototype, 'close').mockImplementationOnce(function (this: NetServer, done) {
    setImmediate(block); // before any timer that is set from here on; what has arrived is read after such a timer
    return NetServer.prototype.close.call(this, done);
  });
  await drain(server);
  closing.mockRestore();
  expect(String((await answer)[0])).toMatch(/200 OK[^]*Connection: close/);
});

test('a drain waits for the requests in flight, and tells them to close', async () => {
  const server = await listen(app, 0, { graceMs: 50 });
  const agent = new Agent({ keepAlive: true });
  const isInFlight = new Promise<void>((resolve) => (arrived = resolve));
  const slow = call(server.port, '/slow', agent);
  await isInFlight;
  await drain(server);
  expect(await slow).toEqual({ status: 200, connection: 'close', bytes: 11 });
});

test('a drain does not cut off a reply that was ended and is still on its way to a slow reader', async () => {
  const server = await listen(app, 0, { graceMs: 10 });
  const agent = new Agent({ keepAlive: true });
  const [res] = (await once(get({ port: server.port, path: '/big', agent }), 'response')) as [IncomingMessage];
  const drained = drain(server);
  await sleep(300);
  let bytes = 0;
  for await (const chunk of res) bytes += (chunk as Buffer).length;
  await drained;
  expect(bytes).toBe(BIG);
});

test('idle connections do not hold a drain, which may be asked for twice', async () => {
  const server = await listen(app, 0, { graceMs: 10 });
  const used = new Agent({ keepAlive: true });
  await call(server.port, '/quick', used);
  const unused = connect(server.port);
  await once(unused, 'connect');
  const first = server.drain();
  expect(server.drain()).toBe(first);
  await first;
  await server.drain();
  await expect(call(server.port, '/quick', new Agent())).rejects.toThrow('ECONNREFUSED');
  unused.destroy();
  used.destroy();
});

test('during the grace a new connection is still served', async () => {
  const graceMs = 2_000;
  const callInGrace = async () => {
    const server = await listen(app, 0, { graceMs });
    const began = performance.now();
    const drained = drain(server);
    await sleep(50);
    const reply: unknown = await call(server.port, '/quick', new Agent()).catch((error: unknown) => error);
    const tookMs = performance.now() - began;
    await drained;
    return { reply, tookMs };
  };
  let called = await callInGrace();
  for (let tries = 1; called.tookMs > graceMs && tries < 5; tries += 1) called = await callInGrace(); // it was held up
  expect(called.reply).toMatchObject({ status: 200, connection: 'close' });
});

test('a taken port is reported with the remedy', async () => {
  const server = await listen(app, 0);
  const second = listen(app, server.port);
  await expect(second).rejects.toThrow(StartError);
  await expect(second).rejects.toThrow(
    `port ${server.port} is in use by another program: stop that, or set PORT to another one`,
  );
  await server.drain();
});

async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port);
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

test('a request that is not HTTP is answered in the same JSON form', async () => {
  const server = await listen(app, 0, { graceMs: 0 });
  const [head, body] = (await raw(server.port, 'GARBAGE\r\n\r\n')).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/json/);
  expect(JSON.parse(body ?? '')).toEqual({ errors: [{ message: 'the request cannot be read: Bad Request' }] });
  const tooLong = await raw(server.port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(tooLong).toMatch(/^HTTP\/1\.1 431 /);
  await server.drain();
});

test('garbage behind a request in flight closes the connection and writes nothing into the reply', async () => {
  const server = await listen(app, 0, { graceMs: 0 });
  const answer = await raw(server.port, 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGARBAGE\r\n\r\n');
  expect(answer).toBe('');
  await server.drain();
});

test('a caller that gives up does not hold a drain', async () => {
  const server = await listen(app, 0, { graceMs: 0 });
  const upload = httpRequest({ port: server.port, path: '/quick', method: 'POST', headers: { 'Content-Length': 10 } });
  upload.on('error', () => undefined);
  upload.write('half');
  await sleep(100);
  upload.destroy();
  await server.drain();
});
