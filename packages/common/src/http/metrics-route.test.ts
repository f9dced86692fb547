import { get } from 'node:http';
import request from 'supertest';
import { createMetrics } from '../runtime/metrics';
import { waitFor } from '@ticketing/testing';
import { testApp } from './app.test.helper';
import { listen } from './connection/server';

let entering: () => void;
const entered = new Promise<void>((resolve) => (entering = resolve));
const metrics = createMetrics('tickets');
const { app } = testApp(
  (router) => {
    router.get('/api/tickets/:id', (_req, res) => void res.json({}));
    router.get('/broken/:id', () => {
      throw new Error('broken');
    });
    router.get('/never', () => entering());
  },
  { metrics },
);

async function counted(): Promise<string[]> {
  const { text, type } = await request(app).get('/metrics');
  expect(type).toBe('text/plain');
  return text.split('\n').filter((line) => line.startsWith('ticketing_http_request_duration_seconds_count'));
}

test('requests are measured by pattern, method and status; no path makes a series', async () => {
  await request(app).get('/api/tickets/1');
  await request(app).get('/api/tickets/2');
  await request(app).get('/broken/1');
  await request(app).get('/nowhere/1');
  await request(app).propfind('/nowhere/2');
  const lines = await counted();
  const series = (route: string, status: string, count: number, method = 'GET'): string =>
    `ticketing_http_request_duration_seconds_count{service="tickets",method="${method}",route="${route}",status="${status}"} ${count}`;
  expect(lines.sort()).toEqual(
    [
      series('/api/tickets/:id', '200', 2),
      series('/broken/:id', '500', 1),
      series('unmatched', '404', 1),
      series('unmatched', '404', 1, 'PROPFIND'),
    ].sort(),
  );
});

test('a request that the caller gave up is counted as aborted', async () => {
  const server = await listen(app, 0);
  const call = get({ port: server.port, path: '/never' });
  call.on('error', () => undefined);
  await entered;
  expect(await inFlight()).toBe(2); // and the scrape itself
  call.destroy();
  await expect(abortedSeries()).resolves.toContain('route="/never"');
  expect(await inFlight()).toBe(1);
  await server.drain();
});

async function inFlight(): Promise<number> {
  const { text } = await request(app).get('/metrics');
  return Number(/^ticketing_http_requests_in_flight\{.*\} (.+)$/m.exec(text)?.[1]);
}

async function abortedSeries(): Promise<string> {
  const aborted = async () => (await counted()).find((line) => line.includes('status="aborted"'));
  return waitFor(aborted, { what: 'a request to be counted as aborted' });
}
