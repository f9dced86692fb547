import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../world/wait-until';
import { closedLoop, othersThan, percentiles } from './closed-loop';
import { openLoop } from './open-loop';
import { put } from './tickets';

let server: Server;
let url: string;
let bodies: string[];
let atOnce: number;
let most: number;
/** Those that wait for the fourth at once. */
let waiting: (() => void)[];

beforeEach(async () => {
  [bodies, atOnce, most, waiting] = [[], 0, 0, []];
  server = createServer((req, res) => {
    most = Math.max(most, (atOnce += 1));
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      bodies.push(`${req.method} ${req.url} ${body}`);
      waiting.push(() => {
        atOnce -= 1;
        res.writeHead(req.url === '/7' ? 409 : 201).end('{"ok":true}');
      });
      if (most >= 4) for (const answer of waiting.splice(0)) setTimeout(answer, 5);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

test('a closed loop sends each request once, a fixed number at a time, and counts every reply by its status', async () => {
  const replies: number[] = [];
  const request = (n: number) => ({ path: `/${n}`, body: { n } });
  const onReply = (status: number) => void replies.push(status);
  const result = await closedLoop({ url, method: 'POST', connections: 4, amount: 40, request, onReply });
  expect(new Set(bodies)).toEqual(new Set(Array.from({ length: 40 }, (_, n) => `POST /${n} {"n":${n}}`)));
  expect([bodies.length, replies.length, most]).toEqual([40, 40, 4]);
  expect(Object.fromEntries(result.statuses)).toEqual({ 201: 39, 409: 1 });
  expect(othersThan(201, result)).toEqual(['1 requests were answered with 409, not 201']);
  expect(result.p50Ms).toBeGreaterThanOrEqual(4);
  expect(result.perSecond).toBeCloseTo(40_000 / result.tookMs, 5);
});

test('a request that gets no answer is not counted as one', async () => {
  server.removeAllListeners('request').on('request', (req) => req.socket.destroy());
  const result = await closedLoop({ url, method: 'GET', connections: 1, amount: 2, request: () => ({ path: '/' }) });
  expect(othersThan(200, result).join()).toContain('error');
});

test('an open loop counts from when the turn was: a stall shows in all that it delayed', async () => {
  const late = await openLoop(100, 20, (n, due) => {
    if (n === 0) for (const until = performance.now() + 200; performance.now() < until;);
    return Promise.resolve(performance.now() - due);
  });
  expect(late).toHaveLength(20);
  // The second was due 10 ms after the first and began 190 ms too late; the tenth 110 ms.
  expect(late[1]).toBeGreaterThan(150);
  expect(late[9]).toBeGreaterThan(70);
});

test('an open loop does not wait for earlier requests', async () => {
  let running = 0;
  let together = 0;
  await openLoop(200, 20, async () => {
    together = Math.max(together, (running += 1));
    await sleep(50);
    running -= 1;
  });
  expect(together).toBeGreaterThan(1);
});

test('percentiles are of the figures that there are', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
  expect(percentiles(hundred)).toEqual({ p50Ms: 50, p99Ms: 99 });
  expect(percentiles([3])).toEqual({ p50Ms: 3, p99Ms: 3 });
});

test('edits go to each ticket in turn, or to the same one several times in a row, and always change it', () => {
  const paths = (inARow?: number) => [0, 1, 2, 3, 4].map((n) => put(['a', 'b'], inARow).request(n).path.slice(-1));
  expect([paths(), paths(2)]).toEqual([[...'ababa'], [...'aabba']]);
  const titles = [0, 1, 2, 3].map((n) => JSON.stringify(put(['a', 'b'], 2).request(n).body));
  expect(new Set(titles).size).toBe(4);
});

test('waiting ends when it is reached, or when nothing moves any more', async () => {
  let progress = 0;
  const slow = async () => {
    await sleep(1);
    return (progress += 1);
  };
  expect(await waitUntil(slow, 5, 60_000)).toBe(true);
  expect(await waitUntil(() => Promise.resolve(3), 5, 100)).toBe(false);
});
