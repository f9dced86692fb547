import { waitFor, TestBed } from '@ticketing/testing';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { publishOrder, sell } from './tickets/tickets.test.helper';

let bed: TestBed;
let url: string;

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startTickets, ticketsConfig));
});
afterAll(() => bed.close());

test.each([
  ['get', '/'],
  ['get', '/api/nothing'],
  ['delete', '/api/tickets'],
  ['patch', '/api/tickets/aaaaaaaaaaaaaaaaaaaaaaaa'],
  ['post', '/api/orders'],
] as const)('404 for what is not here: %s %s', async (method, path) => {
  const { body } = await request(url)[method](path).expect(404);
  expect(body).toEqual({ errors: [{ message: `there is no ${method.toUpperCase()} ${path} here` }] });
});

test('health: it lives, it is ready, and it can be measured', async () => {
  await request(url).get('/healthz').expect(200, { status: 'ok' });
  await waitFor(() => request(url).get('/readyz').expect(200, { mongo: 'up', nats: 'up', draining: false }));
  await sell(url, ['Measured']);
  const { text } = await request(url).get('/metrics').expect(200);
  expect(text).toMatch(/ticketing_http_request_duration_seconds_count\{[^}]*route="\/api\/tickets"[^}]*\} [1-9]/);
  expect(text).toMatch(/ticketing_outbox_pending\{/);
});

test('while it drains it is not ready and still answers; a second stop is the same one', async () => {
  const instance = await bed.start(startTickets, ticketsConfig);
  await waitFor(async () => (await request(instance.url).get('/readyz')).body.nats === 'up');
  const stopping = instance.stop();
  await Promise.all([
    request(instance.url).get('/readyz').expect(503, { mongo: 'up', nats: 'up', draining: true }),
    request(instance.url).get('/api/tickets').expect(200).expect('connection', 'close'),
  ]);
  await Promise.all([stopping, instance.stop()]);
  await expect(request(instance.url).get('/healthz')).rejects.toThrow('ECONNREFUSED');
});

/** How many events of the subject the instances have finished so far. */
async function finished(urls: readonly string[], subject: string): Promise<number> {
  const line = new RegExp(`^ticketing_events_consumed_total\\{.*subject="${subject}".*\\} (\\d+)$`, 'gm');
  const texts = await Promise.all(urls.map(async (each) => (await request(each).get('/metrics').expect(200)).text));
  return texts.flatMap((text) => [...text.matchAll(line)]).reduce((sum, [, count]) => sum + Number(count), 0);
}

test("wrong-order release: A's cancel, late and again, does not release what B holds, B's own does; with two instances", async () => {
  const second = await bed.start(startTickets, ticketsConfig);
  const updates = bed.events('ticket:updated');
  const [ticketId = ''] = await sell(url, ['Concert']);
  const orderA = await publishOrder(bed, 'created', { ticketId, reservation: 1 });
  const orderB = await publishOrder(bed, 'created', { ticketId, reservation: 2 });
  for (let n = 0; n < 10; n++) {
    await publishOrder(bed, 'cancelled', { ticketId, reservation: 1, orderId: orderA });
  }
  await waitFor(async () => (await finished([url, second.url], 'order:cancelled')) >= 10);
  await waitFor(async () => (await finished([url, second.url], 'order:created')) >= 2);
  const held = await request(url).get(`/api/tickets/${ticketId}`);
  expect(held.body.orderId).toBe(orderB);

  await publishOrder(bed, 'cancelled', { ticketId, reservation: 2, orderId: orderB });
  await waitFor(async () => (await finished([url, second.url], 'order:cancelled')) === 11);
  const { body } = await request(url).get(`/api/tickets/${ticketId}`);
  expect(body).toMatchObject({ version: held.body.version + 1 });
  expect(body).not.toHaveProperty('orderId');
  // Each of the two publishes all that is pending in the document, so a version may be published twice.
  const versions = () => [...new Set(updates.map(({ version }) => version))].sort();
  await waitFor(() => versions().length === body.version);
  expect(versions()).toEqual(Array.from({ length: body.version }, (_, n) => n + 1));
});
