import { costOf, waitFor } from '@ticketing/testing';
import { testBudget } from '@ticketing/testing/suites';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { as, publishOrder, sell } from './tickets/tickets.test.helper';

const budget = testBudget({ name: 'tickets', start: startTickets, config: ticketsConfig });

const put = (id: string, title: string) =>
  request(budget.url).put(`/api/tickets/${id}`).set(as('alice')).send({ title, price: 30 }).expect(200);

/** The outbox of the one ticket is empty: what comes later costs the next call nothing. */
const untilPublished = () =>
  waitFor(
    async () => (await budget.bed.connection.collection('tickets').countDocuments({ outbox: { $size: 0 } })) === 1,
  );

test('what each call costs: one write with its event, and later the removal of the event', async () => {
  await budget.startWithoutSweeps();
  let id = '';
  const create = await costOf(budget.log, 2, async () => ([id = ''] = await sell(budget.url, ['Concert'])));
  expect(create.commands).toEqual(['insert tickets', 'update tickets']);
  const show = await costOf(budget.log, 1, () => request(budget.url).get(`/api/tickets/${id}`).expect(200));
  expect(show.commands).toEqual(['find tickets']);
  const list = await costOf(budget.log, 1, () => request(budget.url).get('/api/tickets').expect(200));
  expect(list.commands).toEqual(['find tickets']);
  const update = await costOf(budget.log, 3, () => put(id, 'Other'));
  expect(update.commands).toEqual(['find tickets', 'update tickets', 'update tickets']);
  const reserved = await costOf(budget.log, 3, () =>
    publishOrder(budget.bed, 'created', { ticketId: id, reservation: 1 }),
  );
  expect(reserved.commands).toEqual(['find tickets', 'update tickets', 'update tickets']);
  const seen = await costOf(budget.log, 1, () => publishOrder(budget.bed, 'created', { ticketId: id, reservation: 1 }));
  expect(seen.commands).toEqual(['find tickets']);
  const refused = await costOf(budget.log, 1, () =>
    request(budget.url).put(`/api/tickets/${id}`).set(as('alice')).send({ title: 'No', price: 1 }).expect(409),
  );
  expect(refused.commands).toEqual(['find tickets']);
});

test('a key costs a claim, and its repeat a claim and a read', async () => {
  await budget.startWithoutSweeps();
  const keyed = () =>
    request(budget.url)
      .post('/api/tickets')
      .set({ ...as('alice'), 'Idempotency-Key': 'key' })
      .send({ title: 'Concert', price: 20 })
      .expect(201);
  const first = await costOf(budget.log, 3, keyed);
  expect(first.commands).toEqual(['findAndModify idempotency_keys', 'insert tickets', 'update tickets']);
  const again = await costOf(budget.log, 2, keyed);
  expect(again.commands).toEqual(['find tickets', 'findAndModify idempotency_keys']);
});

test('200 tickets at once: the removals of their events share commands', async () => {
  await budget.startWithoutSweeps();
  const removals = () => budget.log.commands().filter(({ name }) => name === 'update');
  const removed = () => removals().reduce((sum, { operations }) => sum + operations, 0);
  const many = await costOf(budget.log, 201, async () => {
    await Promise.all(Array.from({ length: 200 }, () => sell(budget.url, ['Concert'])));
    await waitFor(() => removed() === 200, { what: 'the removal of each event, once' });
  });
  const inserts = many.commands.filter((command) => command === 'insert tickets');
  expect(inserts).toHaveLength(200);
  expect(many.commands).toHaveLength(inserts.length + removals().length);
  expect(removals().length).toBeLessThan(120); // 200 if none were shared; how few depends on the machine
});

test('16 changes of one ticket at once cost no more than one after the other: none is tried again', async () => {
  await budget.startWithoutSweeps();
  const [id = ''] = await sell(budget.url, ['Concert']);
  await untilPublished();
  const all = await costOf(budget.log, 33, () => Promise.all(Array.from({ length: 16 }, (_, n) => put(id, `By ${n}`))));
  const finds = all.commands.filter((command) => command === 'find tickets').length;
  const saves = budget.log.commands().filter(({ body }) => JSON.stringify(body).includes('"version"')).length;
  expect({ finds, saves }).toEqual({ finds: 16, saves: 16 });
});

test('the 200th change of a ticket costs what the first did', async () => {
  await budget.startWithoutSweeps();
  const [id = ''] = await sell(budget.url, ['Concert']);
  await untilPublished();
  const first = await costOf(budget.log, 3, () => put(id, 'Version 001'));
  for (let version = 2; version < 200; version += 1) await put(id, `Version ${String(version).padStart(3, '0')}`);
  const last = await costOf(budget.log, 3, () => put(id, 'Version 200'));
  expect(last.commands).toEqual(first.commands);
  expect(Math.abs(last.bytes - first.bytes)).toBeLessThan(first.bytes * 0.1);
});
