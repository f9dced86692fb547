import { waitFor } from '@ticketing/testing';
import { untilAgreed } from '../system/agreement.helper';
import { Client } from '../system/client.helper';
import { TestSystem } from '../system/system.helper';

let system: TestSystem;
let alice: Client;
let bob: Client;
let carol: Client;

beforeAll(async () => {
  system = await TestSystem.open();
  await Promise.all([system.start('tickets'), system.start('orders')]);
  alice = new Client(system.url, 'alice');
  bob = new Client(system.url, 'bob');
  carol = new Client(system.url, 'carol');
});
afterAll(() => system.close());

/** The ticket, as soon as tickets shows it with this order, or with none. */
const ticketWith = (id: string, orderId: string | undefined) =>
  waitFor(
    async () => {
      const { body } = await alice.ticket(id);
      if (body.orderId !== orderId) throw new Error(`it shows ${body.orderId ?? 'none'}`);
      return body;
    },
    { what: `ticket ${id} with order ${orderId ?? '(none)'}` },
  );

const isListed = async (id: string) => (await carol.tickets()).body.some((ticket) => ticket.id === id);

test('created and updated tickets arrive in the replica with equal version, title and price', async () => {
  const created = await alice.sold('created only', 10);
  const updated = await alice.sold('first title', 20);
  await alice.edit(updated.id, 'second title', 30);
  expect(await alice.edit(updated.id, 'third title', 40)).toMatchObject({ status: 200, body: { version: 2 } });

  const { replicas } = await untilAgreed(system);
  const replicaOf = (id: string) => replicas.find(({ _id }) => String(_id) === id);
  expect(replicaOf(created.id)).toMatchObject({ version: 0, title: 'created only', price: 10, userId: 'alice' });
  expect(replicaOf(updated.id)).toMatchObject({ version: 2, title: 'third title', price: 40, userId: 'alice' });
});

test('a reserved ticket shows its orderId, vanishes from the list and cannot be edited; cancelling frees it', async () => {
  const ticket = await alice.sold('concert', 50);
  expect(await isListed(ticket.id)).toBe(true);
  const order = await bob.orderSoon(ticket.id);
  expect(order).toMatchObject({ status: 'created', reservation: 1, ticket: { id: ticket.id, price: 50 } });

  expect((await ticketWith(ticket.id, order.id)).version).toBe(1);
  expect(await isListed(ticket.id)).toBe(false);
  expect((await alice.edit(ticket.id, 'concert', 60)).status).toBe(409);
  expect((await carol.order(ticket.id)).status).toBe(409);

  expect((await bob.cancel(order.id)).status).toBe(204);
  expect((await ticketWith(ticket.id, undefined)).version).toBe(2);
  expect(await isListed(ticket.id)).toBe(true);
  expect((await alice.edit(ticket.id, 'concert', 60)).status).toBe(200);
  expect(await carol.orderSoon(ticket.id)).toMatchObject({ reservation: 2 });
  await untilAgreed(system);
});

test('an order that expires frees its ticket, also when the instance that took it is gone', async () => {
  const ticket = await alice.sold('expiring');
  const hasty = await system.start('orders', { ORDER_WINDOW_MS: '1500', ORDER_EXPIRY_SWEEP_MS: '600000' });
  const order = await new Client(hasty.url, 'bob').orderSoon(ticket.id);
  expect(await hasty.stop()).toBe(0);
  await waitFor(async () => (await bob.shownOrder(order.id)).body.status === 'cancelled', { what: 'its expiry' });
  expect((await bob.shownOrder(order.id)).body).toMatchObject({ version: 1 });
  await waitFor(async () => (await alice.ticket(ticket.id)).body.version === 2, { what: 'reserved and freed' });
  expect((await ticketWith(ticket.id, undefined)).version).toBe(2);
  expect(await isListed(ticket.id)).toBe(true);
  expect(await carol.orderSoon(ticket.id)).toMatchObject({ reservation: 2 });
  await untilAgreed(system);
});

test('the cancel of an old order, repeated after somebody else ordered, does not release the ticket', async () => {
  const ticket = await alice.sold('contested');
  const ofBob = await bob.orderSoon(ticket.id);
  expect((await bob.cancel(ofBob.id)).status).toBe(204);
  const ofCarol = await carol.orderSoon(ticket.id);
  await ticketWith(ticket.id, ofCarol.id);

  expect((await bob.cancel(ofBob.id)).status).toBe(204);
  const later = await alice.sold('sold after the repeated cancel');
  await ticketWith(later.id, (await bob.orderSoon(later.id)).id);

  expect((await alice.ticket(ticket.id)).body.orderId).toBe(ofCarol.id);
  expect((await carol.shownOrder(ofCarol.id)).body.status).toBe('created');
  expect((await alice.order(ticket.id)).status).toBe(409);
  await untilAgreed(system);
});
