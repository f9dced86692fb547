import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { sleep } from '../retry';
import { listen } from './server';

/** Callers in a thread of their own, who connect anew for each request, until they are refused; posts how each call ended. */
const CALLERS = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { get } = require('node:http');
  const ends = {};
  const call = () => new Promise((resolve) => {
    const request = get({ port: workerData, agent: false }, (response) => response.resume().once('end', () => resolve('answered')));
    request.once('error', (error) => resolve(error.code));
  });
  const calls = Array.from({ length: 24 }, async () => {
    for (let end; end !== 'ECONNREFUSED' && end !== 'ECONNRESET'; ) ends[(end = await call())] = (ends[end] ?? 0) + 1;
  });
  Promise.all(calls).then(() => parentPort.postMessage(ends));`;

// Between the last look at the queue and the end of listening the system may give the core to others, and callers connect.
jest.retryTimes(2);

test('callers whose connections wait to be accepted when a busy server drains are answered, not reset', async () => {
  const server = await listen((_req, res) => {
    for (const start = performance.now(); performance.now() - start < 5;);
    setTimeout(() => res.end('done'), 20);
  }, 0);
  const callers = new Worker(CALLERS, { eval: true, workerData: server.port });
  const ended = once(callers, 'message');
  await sleep(500);
  await server.drain();
  const [ends] = (await ended) as [Record<string, number>];
  expect(ends).toEqual({ answered: expect.any(Number), ECONNREFUSED: 24 });
  expect(ends['answered']).toBeGreaterThan(48);
  await callers.terminate();
});
