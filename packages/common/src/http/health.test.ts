import request from 'supertest';
import { testApp } from './app.test.helper';

const ready = { mongo: 'up', nats: 'up', draining: false };

function appWith(state: { mongo?: () => boolean | Promise<boolean>; natsDownSince?: Date; draining?: boolean }) {
  const { mongo = () => true, natsDownSince, draining = false } = state;
  return testApp(() => undefined, { health: { mongo, natsDownSince: () => natsDownSince }, draining: () => draining })
    .app;
}

test('/healthz says that the process lives, whatever is away', async () => {
  const res = await request(appWith({ mongo: () => false, natsDownSince: new Date(), draining: true })).get('/healthz');
  expect([res.status, res.body]).toEqual([200, { status: 'ok' }]);
});

test('/readyz is 200 when all is up', async () => {
  const res = await request(appWith({})).get('/readyz');
  expect([res.status, res.body]).toEqual([200, ready]);
  expect(res.headers['cache-control']).toBe('no-store');
});

test('/readyz stays 200 with NATS down, because writes still work, and says since when', async () => {
  const natsDownSince = new Date();
  const res = await request(appWith({ natsDownSince })).get('/readyz');
  expect([res.status, res.body]).toEqual([200, { ...ready, nats: 'down', natsDownSince: natsDownSince.toISOString() }]);
});

test.each([
  ['false', () => false],
  ['a rejection', () => Promise.reject(new Error('away'))],
])('/readyz is 503 when the check of MongoDB answers %s', async (_name, mongo) => {
  const res = await request(appWith({ mongo })).get('/readyz');
  expect([res.status, res.body]).toEqual([503, { ...ready, mongo: 'down' }]);
});

test('/readyz names the channels that NATS Streaming refuses, and stays 200', async () => {
  const health = { mongo: () => true, natsDownSince: () => undefined, refusedChannels: () => ['ticket:created'] };
  const res = await request(testApp(() => undefined, { health }).app).get('/readyz');
  expect([res.status, res.body]).toEqual([200, { ...ready, refused: ['ticket:created'] }]);
});

test('/readyz is 503 while draining, and each reply closes its connection', async () => {
  const app = appWith({ draining: true });
  const res = await request(app).get('/readyz');
  expect([res.status, res.body]).toEqual([503, { ...ready, draining: true }]);
  expect(res.headers['connection']).toBe('close');
  expect((await request(app).get('/healthz')).headers['connection']).toBe('close');
});
