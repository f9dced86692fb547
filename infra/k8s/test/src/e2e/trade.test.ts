import { uniqueName, waitFor } from '@ticketing/testing';
import type { Client } from '@ticketing/e2e/client';
import { untilAgreed } from './agreement.helper';
import { readSettings } from './settings';
import { toIngress, user } from './user.helper';

// New users, which see no orders of other tests.
const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => user(uniqueName(name))) as [Client, Client, Client];

const orderOf = (id: string, wanted: string | undefined) =>
  waitFor(async () => (await alice.ticket(id)).body.orderId === wanted, {
    what: `order ${wanted ?? '(none)'} of ${id}`,
  });
const isListed = async (id: string) => (await carol.tickets()).body.some((ticket) => ticket.id === id);

test('by the ingress a ticket is sold, reserved, listed, freed and edited, and in the end all agree', async () => {
  const ticket = await alice.sold('concert', 50);
  expect(await isListed(ticket.id)).toBe(true);
  const order = await bob.orderSoon(ticket.id);
  expect(order).toMatchObject({ status: 'created', reservation: 1, ticket: { id: ticket.id, price: 50 } });

  await orderOf(ticket.id, order.id);
  expect(await isListed(ticket.id)).toBe(false);
  expect((await bob.orders()).body).toEqual([expect.objectContaining({ id: order.id })]);
  expect((await carol.order(ticket.id)).status).toBe(409);
  expect((await alice.edit(ticket.id, 'concert', 60)).status).toBe(409);

  expect((await bob.cancel(order.id)).status).toBe(204);
  await orderOf(ticket.id, undefined);
  expect(await alice.edit(ticket.id, 'late concert', 60)).toMatchObject({
    status: 200,
    body: { version: 3, price: 60 },
  });
  expect((await bob.shownOrder(order.id)).body.status).toBe('cancelled');
  const compared = await untilAgreed();
  expect(compared.events).toBeGreaterThanOrEqual(6);
});

test('the ingress does not serve paths that are only for the cluster', async () => {
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    const answer = await toIngress(new Request(readSettings().ingressUrl + path));
    expect([path, answer.status]).toEqual([path, 404]);
  }
});
