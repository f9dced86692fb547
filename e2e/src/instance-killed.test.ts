import { waitFor } from '@ticketing/common/testing';
import { untilAgreed } from './agreement.helper';
import { Client } from './client.helper';
import { TestSystem } from './system.helper';

const SELLERS = 6;

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.open();
});
afterAll(() => system.close());

/** How often each status was answered. A request whose instance was killed is answered 502 by the ingress. */
type Statuses = Record<number, number>;

/** Sells, edits, orders, cancels and orders again, several users at once, until told to stop. */
function mixedLoad() {
  const statuses: Statuses = {};
  let going = true;
  const counted = async <Reply extends { status: number }>(call: Promise<Reply>): Promise<Reply> => {
    const reply = await call;
    statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
    return reply;
  };
  const trade = async (seller: Client, buyers: readonly Client[]) => {
    for (let round = 0; going; round++) {
      const { status, body: ticket } = await counted(seller.sell(`round ${round}`));
      if (status !== 201) continue;
      const [, ...orders] = await Promise.all([
        counted(seller.edit(ticket.id, `edited ${round}`, 30 + round)),
        ...buyers.map((buyer) => counted(buyer.order(ticket.id))),
      ]);
      const taken = orders.findIndex((order) => order.status === 201);
      const [winner, order] = [buyers[taken], orders[taken]?.body];
      if (!winner || !order || round % 3 === 0) continue;
      await counted(winner.cancel(order.id));
      await Promise.all([...buyers.map((buyer) => counted(buyer.order(ticket.id))), counted(winner.cancel(order.id))]);
    }
  };
  const user = (name: string) => new Client(system.url, name);
  const trades = Array.from({ length: SELLERS }, (_, n) => trade(user(`seller${n}`), [user(`a${n}`), user(`b${n}`)]));
  return {
    statuses,
    /** Resolves when so many more cancels (each is sent twice) were answered. */
    async untilCancelled(more: number) {
      const wanted = (statuses[204] ?? 0) + more;
      await waitFor(() => (statuses[204] ?? 0) >= wanted, { what: `${wanted} cancels`, timeoutMs: 20_000 });
    },
    async end() {
      going = false;
      await Promise.all(trades);
    },
  };
}

test('two instances of each, one of each killed under mixed load: in the end replicas and reservations agree', async () => {
  const [doomedTickets, , doomedOrders] = await Promise.all([
    system.start('tickets', { ACK_WAIT_MS: '1000' }),
    system.start('tickets', { ACK_WAIT_MS: '1000' }),
    system.start('orders', { ACK_WAIT_MS: '1000' }),
    system.start('orders', { ACK_WAIT_MS: '1000' }),
  ]);
  const load = mixedLoad();
  await load.untilCancelled(10);
  await doomedTickets.kill();
  await load.untilCancelled(10);
  await doomedOrders.kill();
  await load.untilCancelled(10);
  await load.end();

  const { statuses } = load;
  expect(
    Object.keys(statuses).filter((status) => !['200', '201', '204', '404', '409', '502'].includes(status)),
  ).toEqual([]);
  const { tickets, orders } = await untilAgreed(system, 40_000);
  expect(tickets.length + orders.length).toBeGreaterThanOrEqual(statuses[201] ?? Infinity);
  expect(orders.filter(({ status }) => status === 'cancelled').length).toBeGreaterThanOrEqual(15);
  expect(tickets.filter(({ reservation }) => reservation.number > 1).length).toBeGreaterThan(0);
});
