import type { Express } from 'express';
import request, { type Response } from 'supertest';
import { JWT_KEY, testApp } from '../app.test.helper';
import { BoundedStore, CALLERS_PER_GENERATION } from './limit-rate';
import { signToken } from '../sign-in/token';

const LIMIT = 3;

function limited(trustProxy: number | string[] = []): Express {
  const routes: Parameters<typeof testApp>[0] = (router) => router.get('/thing', (_req, res) => void res.json({}));
  return testApp(routes, { rateLimitPerMinute: LIMIT, trustProxy }).app;
}

const as = (id: string) => ({ Authorization: `Bearer ${signToken({ id, email: 'a@example.com' }, JWT_KEY)}` });
const via = (...addresses: string[]) => ({ 'X-Forwarded-For': addresses.join(', ') });

async function statuses(app: Express, headers: Record<string, string>[], path = '/thing'): Promise<number[]> {
  const replies: number[] = [];
  for (const header of headers) replies.push((await request(app).get(path).set(header)).status);
  return replies;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('up to the limit each reply says what is left; beyond it is 429 in the shape of every error, with Retry-After', async () => {
  const app = limited();
  const began = performance.now();
  const replies: Response[] = [];
  for (let n = 0; n <= LIMIT; n++) replies.push(await request(app).get('/thing').set(as('alice')));
  const left = 60 - Math.ceil((performance.now() - began) / 1_000);
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(replies.map(({ headers }) => headers['ratelimit'])).toEqual([
    expect.stringMatching(/^"minute"; r=2; t=\d+$/),
    expect.stringMatching(/^"minute"; r=1; t=/),
    expect.stringMatching(/^"minute"; r=0; t=/),
    expect.stringMatching(/^"minute"; r=0; t=/),
  ]);
  const last = replies.at(-1);
  expect(last?.body).toEqual({
    errors: [{ message: 'too many requests: wait for the time that Retry-After says' }],
  });
  expect(last?.headers['ratelimit-policy']).toMatch(/^"minute"; q=3; w=60; pk=:[\w+/=]+:$/);
  const seconds = Number(last?.headers['retry-after']);
  for (const resets of [Number(replies[0]?.headers['ratelimit']?.split('t=')[1]), seconds]) {
    expect(resets).toBeGreaterThanOrEqual(left);
    expect(resets).toBeLessThanOrEqual(60);
  }
  expect(replies[0]?.headers['retry-after']).toBeUndefined();
});

test('each user has a limit of its own, from any address, beside that of the callers who are not signed in', async () => {
  const app = limited(1);
  const everywhere = [via('192.0.2.1'), via('192.0.2.2'), via('192.0.2.3'), via('192.0.2.4')];
  expect(
    await statuses(
      app,
      everywhere.map((from) => ({ ...as('alice'), ...from })),
    ),
  ).toEqual([200, 200, 200, 429]);
  expect(await statuses(app, [as('bob'), {}])).toEqual([200, 200]);
});

test('a token that is not good counts for the address', async () => {
  const app = limited();
  const forged = ['a', 'b', 'c', 'd'].map((text) => ({ Authorization: `Bearer ${text}` }));
  expect(await statuses(app, forged)).toEqual([200, 200, 200, 429]);
});

test('without a limit nothing is counted and nothing said of it', async () => {
  const { app } = testApp((router) => router.get('/thing', (_req, res) => void res.json({})));
  const reply = await request(app).get('/thing').expect(200);
  expect(reply.headers['ratelimit']).toBeUndefined();
});

test('the probes and /metrics are not counted', async () => {
  const app = limited();
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    expect(await statuses(app, times(LIMIT + 1, {}), path)).toEqual(times(LIMIT + 1, 200));
  }
  expect(await statuses(app, [{}])).toEqual([200]);
});

test('requests without a route are counted as well', async () => {
  expect(await statuses(limited(), times(LIMIT + 1, {}), '/nowhere')).toEqual([404, 404, 404, 429]);
});

test('a caller that reaches the service directly cannot choose its address', async () => {
  const spoofed = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'].map((address) => via(address));
  expect(await statuses(limited(), spoofed)).toEqual([200, 200, 200, 429]);
  // This caller, which comes from the loopback, is not one of the proxies.
  expect(await statuses(limited(['uniquelocal']), spoofed)).toEqual([200, 200, 200, 429]);
});

test.each<[string, number | string[]]>([
  ['a number of proxies', 1],
  ['their addresses', ['loopback', 'uniquelocal']],
])(
  'behind a proxy known by %s each client has a limit, whatever it says of itself before the proxy',
  async (_n, trust) => {
    const app = limited(trust);
    const spoofed = ['198.51.100.1', '198.51.100.2', 'x', ''].map((said) => via(...(said ? [said] : []), '192.0.2.1'));
    expect(await statuses(app, spoofed)).toEqual([200, 200, 200, 429]);
    expect(await statuses(app, [via('192.0.2.2')])).toEqual([200]);
  },
);

test('a text from a proxy that is no address counts for the proxy', async () => {
  const odd = ['one', 'two', '1.2.3.4:5', 'x'.repeat(2_000)].map((text) => via(text));
  expect(await statuses(limited(1), odd)).toEqual([200, 200, 200, 429]);
});

test('an IPv6 address counts with its neighbours of the same /56, and an IPv4 one in either notation', async () => {
  const app = limited(1);
  const same = ['2001:db8:0:1::1', '2001:db8:0:2::2', '2001:db8:0:ff:ffff::3', '2001:db8::4'].map((ip) => via(ip));
  expect(await statuses(app, same)).toEqual([200, 200, 200, 429]);
  expect(await statuses(app, [via('2001:db8:0:100::1')])).toEqual([200]);
  const mapped = ['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '::ffff:192.0.2.1'].map((ip) => via(ip));
  expect(await statuses(app, mapped)).toEqual([200, 200, 200, 429]);
});

test('a flood of callers takes a bounded number of places, and does not reset the limit of the flooding ones', async () => {
  const store = new BoundedStore();
  await store.increment('the loudest');
  for (let n = 0; n < 3 * CALLERS_PER_GENERATION; n++) {
    await store.increment(`address ${n}`);
    if (n % 1_000 === 0) await store.increment('the loudest');
  }
  expect(store.current.size + store.previous.size).toBeLessThanOrEqual(2 * CALLERS_PER_GENERATION);
  expect(await store.increment('the loudest')).toMatchObject({ totalHits: 1 + 60 + 1 });
});

test('a refusal is logged at debug only: a flood must not fill the log', async () => {
  const { app, lines } = testApp((router) => router.get('/thing', (_req, res) => void res.json({})), {
    rateLimitPerMinute: 1,
  });
  expect(await statuses(app, times(2, {}))).toEqual([200, 429]);
  expect(lines.filter(({ status }) => status === 429)).toMatchObject([{ level: 20 }]);
});
