import { operations, repliesOf } from '@ticketing/common/api';
import { newId, silentLogger, testBroker, waitFor } from '@ticketing/testing';
import { Client } from '../system/client.helper';
import { TestSystem } from '../system/system.helper';
import { headersOf, operationOf, send, undocumented } from './documented.helper';
import { type Described, type ExampleRequest, exampleRequests, withIds } from './example-requests.helper';

let system: TestSystem;
let requests: readonly ExampleRequest[];
/** The order of the examples. */
let orderId: string;
/** Every answered status, such as `showOrder 403`. */
const seen = new Set<string>();

/** alice sells a ticket and bob reserves it. */
beforeAll(async () => {
  system = await TestSystem.open();
  await Promise.all([system.start('tickets'), system.start('orders')]);
  const document = (await (await fetch(`${system.url}/api/openapi.json`)).json()) as Described;
  const alice = new Client(system.url, 'alice');
  const ticket = await alice.sold('concert');
  const order = await new Client(system.url, 'bob').orderSoon(ticket.id);
  orderId = order.id;
  await waitFor(async () => (await alice.ticket(ticket.id)).body.orderId === orderId, { what: 'the reservation' });
  requests = exampleRequests(document).map((request) => withIds(request, { ticket: ticket.id, order: order.id }));
});
afterAll(async () => {
  await system.mongo.up();
  await system.close();
});

/** Sends the changed example of the operation, and fails unless the answer is this status in its documented form. */
async function refused(
  id: string,
  status: number,
  change: Partial<ExampleRequest>,
  headers = headersOf('alice'),
  url = system.url,
): Promise<void> {
  const example = requests.find(({ operationId }) => operationId === id);
  if (!example) throw new Error(`the document has no ${id}`);
  const answer = await send(url, { ...example, ...change }, headers);
  expect([id, undocumented(id, answer), answer.status]).toEqual([id, undefined, status]);
  seen.add(`${id} ${status}`);
}

const nobody = '0'.repeat(24);
const idsOf = (wanted: (operation: (typeof operations)[number]) => unknown) =>
  operations.filter(wanted).map(({ id }) => id);

test.each(idsOf(() => true))('%s: 400 when it cannot be read', async (id) => {
  const { body, query, path } = operationOf(id);
  const bad = body ? { body: '{}' } : { path: query ? `${path}?limit=0` : path.replace(':id', '%ZZ') };
  await refused(id, 400, bad);
});

test.each(idsOf(({ signedIn }) => signedIn))('%s: 401 by nobody', (id) => refused(id, 401, {}, headersOf(null)));

test.each(idsOf(({ body }) => body))('%s: 413 for a large body, 415 for a strange charset', async (id) => {
  await refused(id, 413, { body: JSON.stringify({ title: 'x'.repeat(200_000) }) });
  await refused(id, 415, {}, headersOf('alice', 'application/json; charset=nonsense'));
});

test.each(idsOf(({ params }) => params))('%s: 404 for an id that is malformed or unknown', async (id) => {
  const { path } = operationOf(id);
  for (const name of ['x', nobody]) await refused(id, 404, { path: path.replace(':id', name) });
});

test('a key that is sent again with another body', async () => {
  const keyed = { ...headersOf('alice'), 'Idempotency-Key': 'one-request' };
  const sale = requests.find(({ operationId }) => operationId === 'createTicket') as ExampleRequest;
  expect((await send(system.url, sale, keyed)).status).toBe(201);
  await refused('createTicket', 422, { body: JSON.stringify({ title: 'Concert', price: 21 }) }, keyed);
  // Refused because the ticket is held, and the key stays bound to its body.
  await refused('createOrder', 409, {}, keyed);
  await refused('createOrder', 422, { body: JSON.stringify({ ticketId: nobody }) }, keyed);
});

test('aggregates of another user, reserved, stale or missing ones', async () => {
  await refused('updateTicket', 403, {}, headersOf('bob'));
  await refused('updateTicket', 412, {}, { ...headersOf('alice'), 'If-Match': '"99"' });
  await refused('updateTicket', 409, {});
  await refused('createOrder', 409, {});
  await refused('createOrder', 404, { body: JSON.stringify({ ticketId: nobody }) });
  for (const id of ['showOrder', 'cancelOrder']) await refused(id, 403, {});
});

test('the cancel of an order that is paid', async () => {
  const { engine, nats } = system;
  const broker = await testBroker('', silentLogger(), { engine, natsUrl: nats.url, natsClusterId: 'ticketing' });
  const payment = { id: newId(), version: 0, orderId, amount: 20 };
  await broker.publish('payment:created', JSON.stringify(payment), { aggregate: payment.id });
  await broker.close();
  const bob = new Client(system.url, 'bob');
  await waitFor(async () => (await bob.shownOrder(orderId)).body.status === 'complete');
  await refused('cancelOrder', 409, {}, headersOf('bob'));
});

test('429 beyond the limit of one caller in a minute', async () => {
  const limited = { RATE_LIMIT_PER_MINUTE: '1' };
  const [tickets, orders] = await Promise.all([system.start('tickets', limited), system.start('orders', limited)]);
  for (const { id, tag } of operations) {
    const { url } = tag === 'tickets' ? tickets : orders;
    const showing = requests.find(({ operationId }) => operationId === 'listTickets') as ExampleRequest;
    // After any request before, the second request of a caller has nothing left.
    await send(url, showing, headersOf(id));
    await refused(id, 429, {}, headersOf(id), url);
  }
  await Promise.all([tickets.stop(), orders.stop()]);
});

test('503 with its database away, and with that nothing is documented that is never answered', async () => {
  await system.mongo.down();
  await Promise.all(operations.map(({ id }) => refused(id, 503, {})));
  await system.mongo.up();
  const documented = operations.flatMap((operation) =>
    Object.keys(repliesOf(operation)).flatMap((status) => (status >= '400' ? [`${operation.id} ${status}`] : [])),
  );
  expect(documented.filter((status) => !seen.has(status))).toEqual([]);
});
