import { waitFor, TestBed } from '@ticketing/testing';
import request from 'supertest';
import { ordersConfig } from '../config';
import { startOrders } from '../service';
import { as, newTicket, order } from './orders.test.helper';

const WINDOW_MS = 60_000;
let bed: TestBed;
beforeEach(async () => {
  bed = await TestBed.open();
});
afterEach(() => bed.close());

async function overdue(url: string): Promise<number> {
  const { text } = await request(url).get('/metrics').expect(200);
  const line = /^ticketing_expiry_oldest_overdue_seconds\{aggregate="order",service="orders"\} (.+)$/m.exec(text);
  return Number(line?.[1]);
}

test('while no process expires orders the gauge says how late the oldest is; cancelled orders and those not yet due do not count', async () => {
  let now = Date.now();
  const start = (everyMs: string) =>
    bed.start(startOrders, ordersConfig, {
      env: { ORDER_WINDOW_MS: String(WINDOW_MS), ORDER_EXPIRY_SWEEP_MS: everyMs },
      clock: () => new Date(now),
    });
  const { url } = await start('600000');
  const cancelled = await order(url, await newTicket(bed));
  await request(url).delete(`/api/orders/${cancelled.id}`).set(as('bob')).expect(204);
  now += 1_000;
  await order(url, await newTicket(bed));
  now += 5_000;
  await order(url, await newTicket(bed));
  expect(await overdue(url)).toBe(0);
  now += WINDOW_MS;
  expect(await overdue(url)).toBe(5);
  now += 100_000;
  expect(await overdue(url)).toBe(105);

  await start('50');
  await waitFor(async () => (await overdue(url)) === 0);
});
