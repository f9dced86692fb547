import { untilAgreed } from '../system/agreement.helper';
import { MixedLoad } from '../system/mixed-load.helper';
import { TestSystem } from '../system/system.helper';

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.open();
});
afterAll(() => system.close());

test('two instances of each, one of each killed under mixed load: in the end replicas and reservations agree', async () => {
  const [doomedTickets, , doomedOrders] = await Promise.all([
    system.start('tickets', { ACK_WAIT_MS: '1000' }),
    system.start('tickets', { ACK_WAIT_MS: '1000' }),
    system.start('orders', { ACK_WAIT_MS: '1000' }),
    system.start('orders', { ACK_WAIT_MS: '1000' }),
  ]);
  const load = new MixedLoad({ url: system.url });
  await load.untilCancelled(10);
  await doomedTickets.kill();
  await load.untilCancelled(10);
  await doomedOrders.kill();
  await load.untilCancelled(10);
  await load.end();

  const { statuses } = load;
  expect(
    Object.keys(statuses).filter((status) => !['200', '201', '204', '404', '409', '412', '502'].includes(status)),
  ).toEqual([]);
  const { tickets, orders } = await untilAgreed(system, 40_000);
  expect(tickets.length + orders.length).toBeGreaterThanOrEqual(statuses[201] ?? Infinity);
  expect(orders.filter(({ status }) => status === 'cancelled').length).toBeGreaterThanOrEqual(15);
  expect(tickets.filter(({ reservation }) => reservation.number > 1).length).toBeGreaterThan(0);
});
