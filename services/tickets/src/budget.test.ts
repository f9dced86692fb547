import { sleep } from '@ticketing/common';
import { type CommandLog, startCommandLog, unservedQueries, waitFor, costOf, TestBed } from '@ticketing/testing';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { as, publishOrder, sell } from './tickets/tickets.test.helper';

let bed: TestBed;
let log: CommandLog;
let url: string;

/** Only what is asked for: no sweep comes in between. */
const NO_SWEEPS = { EVENT_SWEEP_MS: '600000', OUTBOX_SWEEP_MS: '600000' };

async function start(env: NodeJS.ProcessEnv) {
  ({ url } = await bed.start(startTickets, ticketsConfig, { env: { ...env, MONGO_URI: log.url } }));
  await waitFor(async () => (await request(url).get('/readyz')).body.nats === 'up');
}

beforeEach(async () => {
  bed = await TestBed.open();
  log = await startCommandLog(bed.databaseUri);
});
afterEach(async () => {
  await bed.close();
  await log.close();
});

const put = (id: string, title: string) =>
  request(url).put(`/api/tickets/${id}`).set(as('alice')).send({ title, price: 30 }).expect(200);

test('what each call costs: one write with its event, and later the removal of the event', async () => {
  await start(NO_SWEEPS);
  let id = '';
  const create = await costOf(log, 2, async () => ([id = ''] = await sell(url, ['Concert'])));
  expect(create.commands).toEqual(['insert tickets', 'update tickets']);
  const show = await costOf(log, 1, () => request(url).get(`/api/tickets/${id}`).expect(200));
  expect(show.commands).toEqual(['find tickets']);
  const list = await costOf(log, 1, () => request(url).get('/api/tickets').expect(200));
  expect(list.commands).toEqual(['find tickets']);
  const update = await costOf(log, 3, () => put(id, 'Other'));
  expect(update.commands).toEqual(['find tickets', 'update tickets', 'update tickets']);
  const reserved = await costOf(log, 3, () => publishOrder(bed, 'created', { ticketId: id, reservation: 1 }));
  expect(reserved.commands).toEqual(['find tickets', 'update tickets', 'update tickets']);
  const seen = await costOf(log, 1, () => publishOrder(bed, 'created', { ticketId: id, reservation: 1 }));
  expect(seen.commands).toEqual(['find tickets']);
  const refused = await costOf(log, 1, () =>
    request(url).put(`/api/tickets/${id}`).set(as('alice')).send({ title: 'No', price: 1 }).expect(409),
  );
  expect(refused.commands).toEqual(['find tickets']);
});

test('a key costs a claim, and its repeat a claim and a read', async () => {
  await start(NO_SWEEPS);
  const keyed = () =>
    request(url)
      .post('/api/tickets')
      .set({ ...as('alice'), 'Idempotency-Key': 'key' })
      .send({ title: 'Concert', price: 20 })
      .expect(201);
  const first = await costOf(log, 3, keyed);
  expect(first.commands).toEqual(['findAndModify idempotency_keys', 'insert tickets', 'update tickets']);
  const again = await costOf(log, 2, keyed);
  expect(again.commands).toEqual(['find tickets', 'findAndModify idempotency_keys']);
});

test('200 tickets at once: the removals of their events share commands', async () => {
  await start(NO_SWEEPS);
  const many = await costOf(log, 201, () => Promise.all(Array.from({ length: 200 }, () => sell(url, ['Concert']))));
  const counted = (name: string) => many.commands.filter((command) => command === `${name} tickets`).length;
  expect(many.commands).toHaveLength(counted('insert') + counted('update'));
  expect(counted('insert')).toBe(200);
  expect(counted('update')).toBeLessThan(120); // 200 if none were shared; how few depends on the machine
  const removals = log.commands().filter(({ name }) => name === 'update');
  expect(removals.reduce((sum, { operations }) => sum + operations, 0)).toBe(200);
});

test('the 200th change of a ticket costs what the first did', async () => {
  await start(NO_SWEEPS);
  const [id = ''] = await sell(url, ['Concert']);
  const first = await costOf(log, 3, () => put(id, 'Version 001'));
  for (let version = 2; version < 200; version += 1) await put(id, `Version ${String(version).padStart(3, '0')}`);
  const last = await costOf(log, 3, () => put(id, 'Version 200'));
  expect(last.commands).toEqual(first.commands);
  expect(Math.abs(last.bytes - first.bytes)).toBeLessThan(first.bytes * 0.1);
});

test('idle: the sweeps of the default settings, and nothing else', async () => {
  await start({});
  await sleep(1_000);
  log.clear();
  const began = performance.now();
  await sleep(6_000);
  const commands = [...log.commands()];
  const seconds = (performance.now() - began) / 1_000;
  const sent = commands.length;
  process.stdout.write(`idle tickets: ${(sent / seconds).toFixed(1)} commands/s\n`);
  // Each second: what is parked, what is redriven; the positions only after events. Every two: the lease, the outboxes.
  expect(await unservedQueries(bed.connection, commands)).toEqual([]);
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThanOrEqual((seconds + 1) * 2 + (seconds / 2 + 1) * 2);
});
