import type { Broker } from '@ticketing/common';
import { newId, silentLogger, testBroker, waitFor } from '@ticketing/testing';
import { untilAgreed } from '../system/agreement.helper';
import { Client } from '../system/client.helper';
import { TestSystem } from '../system/system.helper';

let system: TestSystem;
let broker: Broker;
let alice: Client;
let bob: Client;
let carol: Client;

beforeAll(async () => {
  system = await TestSystem.open();
  await Promise.all([system.start('tickets'), system.start('orders')]);
  [alice, bob, carol] = ['alice', 'bob', 'carol'].map((user) => new Client(system.url, user)) as [
    Client,
    Client,
    Client,
  ];
  const { engine, nats } = system;
  broker = await testBroker('', silentLogger(), { engine, natsUrl: nats.url, natsClusterId: 'ticketing' });
});
afterAll(async () => {
  await (broker as Broker | undefined)?.close();
  await system.close();
});

/** Takes a payment, as a service of another system would: by a plain publish, without `meta`. */
async function pay(orderId: string, amount: number, id = newId()): Promise<string> {
  await broker.publish('payment:created', JSON.stringify({ id, version: 0, orderId, amount }), { aggregate: id });
  return id;
}

/** The reasons of the refusals that were published of this payment, once there is one. */
async function refusalsOf(paymentId: string): Promise<readonly string[]> {
  return waitFor(async () => {
    const reasons: string[] = [];
    for await (const { payload } of broker.readAll('order:payment-refused')) {
      const event = JSON.parse(payload) as { paymentId: string; reason: string };
      if (event.paymentId === paymentId) reasons.push(event.reason);
    }
    return reasons.length > 0 && reasons;
  });
}

test('a paid order is complete, its ticket is sold for good, and everything agrees', async () => {
  const ticket = await alice.sold('concert', 50);
  const order = await bob.orderSoon(ticket.id);
  const payment = await pay(order.id, 50);
  const sold = await waitFor(async () => {
    const { body } = await alice.ticket(ticket.id);
    return body.sold && body;
  });
  expect(sold).toMatchObject({ orderId: order.id, sold: true });
  expect((await bob.shownOrder(order.id)).body).toEqual({ ...order, version: 1, status: 'complete' });

  await pay(order.id, 50, payment);
  const second = await pay(order.id, 50);
  expect(await refusalsOf(second)).toEqual(['order-paid']);
  expect((await bob.cancel(order.id)).status).toBe(409);
  expect((await alice.edit(ticket.id, 'concert', 60)).status).toBe(409);
  expect((await carol.order(ticket.id)).status).toBe(409);
  expect((await carol.tickets()).body.some(({ id }) => id === ticket.id)).toBe(false);
  await untilAgreed(system);
  expect((await alice.ticket(ticket.id)).body).toEqual(sold);
});

test('a payment that comes after the cancel is refused, and the ticket is for sale again', async () => {
  const ticket = await alice.sold('concert', 50);
  const order = await bob.orderSoon(ticket.id);
  expect((await bob.cancel(order.id)).status).toBe(204);
  expect(await refusalsOf(await pay(order.id, 50))).toEqual(['order-cancelled']);
  expect(await carol.orderSoon(ticket.id)).toMatchObject({ reservation: 2 });
  await untilAgreed(system);
});
