import { waitFor } from '@ticketing/testing';
import { testOutages } from '@ticketing/testing/suites';
import request from 'supertest';
import { ordersConfig } from './config';
import { as, newTicket, order } from './orders/orders.test.helper';
import { startOrders } from './service';

let now = Date.now();
/** Created while NATS Streaming is there. */
let tickets: [string, string];
let ticketId = '';
let id = '';
const post = (url: string, wanted: string) =>
  request(url).post('/api/orders').set(as('bob')).send({ ticketId: wanted });
const show = async (url: string) =>
  (await request(url).get(`/api/orders/${id}`).set(as('bob')).expect(200)).body as { status: string };

testOutages({
  name: 'orders',
  start: startOrders,
  config: ordersConfig,
  settings: { env: { ORDER_WINDOW_MS: '60000', ORDER_EXPIRY_SWEEP_MS: '100' }, clock: () => new Date(now) },
  before: async (bed) => {
    tickets = [await newTicket(bed), await newTicket(bed)];
  },
  async writes(bed, url) {
    const [kept, cancelled] = [await order(url, tickets[0]), await order(url, tickets[1])];
    await request(url).delete(`/api/orders/${cancelled.id}`).set(as('bob')).expect(204);
    return async () => {
      const [created, cancels] = [bed.events('order:created'), bed.events('order:cancelled')];
      await waitFor(() => created.length >= 2 && cancels.length > 0, { timeoutMs: 30_000 });
      expect(new Set(created.map(({ id }) => id))).toEqual(new Set([kept.id, cancelled.id]));
      expect(new Set(cancels.map(({ id, version }) => `${id} ${version}`))).toEqual(new Set([`${cancelled.id} 1`]));
    };
  },
  async calls(bed, url) {
    ticketId = await newTicket(bed);
    ({ id } = await order(url, ticketId));
    return [
      () => request(url).get('/api/orders').set(as('bob')),
      () => request(url).get(`/api/orders/${id}`).set(as('bob')),
      () => post(url, ticketId),
      () => request(url).delete(`/api/orders/${id}`).set(as('bob')),
    ];
  },
  meanwhile(_bed, url) {
    now += 60_000;
    return async () => {
      await waitFor(async () => (await show(url)).status === 'cancelled', { timeoutMs: 30_000 });
      expect(await order(url, ticketId)).toMatchObject({ reservation: 2 });
    };
  },
  async write(bed, url) {
    const wanted = await newTicket(bed);
    return () => post(url, wanted);
  },
});
