import { waitFor } from '@ticketing/common/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilAgreed } from './agreement.helper';
import { Client } from './client.helper';
import { type Load, startLoad } from './load.helper';
import { type ServiceName, TestSystem } from './system.helper';

const DEADLINE_MS = 10_000;

let system: TestSystem;
let alice: Client;

beforeEach(async () => {
  system = await TestSystem.open();
  alice = new Client(system.url, 'alice');
});
afterEach(() => system.close());

/** Load on both services at once: tickets are sold, and each that orders knows is ordered, so that events go both ways. */
async function loadBoth() {
  const [tickets, orders] = await Promise.all([system.start('tickets'), system.start('orders')]);
  const stock: string[] = [];
  while (stock.length < 300) {
    const sold = await Promise.all(Array.from({ length: 20 }, () => alice.sold('stock')));
    stock.push(...sold.map(({ id }) => id));
  }
  await untilAgreed(system);
  const load = {
    tickets: startLoad(tickets.url, '/api/tickets', (n) => ({ title: `sold ${n}`, price: 20 })),
    orders: startLoad(orders.url, '/api/orders', (n) => ({ ticketId: stock[n] ?? stock[0] })),
  };
  await waitFor(() => load.tickets.outcomes.length > 60 && load.orders.outcomes.length > 60);
  return { services: { tickets, orders }, load, stock };
}

/** The documents that each request of a load made, by what the database holds. */
async function made(name: ServiceName, stock: readonly string[]): Promise<(n: number) => boolean> {
  const stored = await system.databases[name].collection(name).find().toArray();
  const known = new Set(
    stored.map((document) => String(name === 'tickets' ? document['title'] : document['ticket'].id)),
  );
  return (n) => known.has(name === 'tickets' ? `sold ${n}` : (stock[n] ?? ''));
}

/** Every request that was taken has its whole answer; only connections that nobody accepted are refused. */
async function expectNoneCutOff(name: ServiceName, load: Load, stock: readonly string[]): Promise<void> {
  const isMade = await made(name, stock);
  const outcomes = await load.end();
  for (const { n, status, body } of outcomes.filter((outcome) => outcome.status === 201)) {
    expect({ n, status, whole: typeof JSON.parse(body), isMade: isMade(n) }).toMatchObject({ isMade: true });
  }
  const statuses = new Set(outcomes.map(({ status }) => status));
  expect([...statuses].filter((status) => ![201, 409, undefined].includes(status))).toEqual([]);
  const unanswered = outcomes.filter(({ status }) => status === undefined);
  expect(unanswered.filter(({ n, answerBegan, reused }) => answerBegan || reused || isMade(n))).toEqual([]);
  expect(unanswered.length).toBeGreaterThan(0);
}

test.each<ServiceName>(['tickets', 'orders'])(
  'SIGTERM to %s under load, twice: no request is cut off, no acked event is unhandled, exit 0 in time',
  async (name) => {
    const { services, load, stock } = await loadBoth();
    const stopped = services[name];
    const began = Date.now();
    process.kill(stopped.pid, 'SIGTERM');
    await sleep(100);
    process.kill(stopped.pid, 'SIGTERM');
    expect(await stopped.exited).toBe(0);
    expect(Date.now() - began).toBeLessThan(DEADLINE_MS);
    await waitFor(() => load[name].outcomes.some(({ error }) => error?.code === 'ECONNREFUSED'));

    await expectNoneCutOff(name, load[name], stock);
    const other = name === 'tickets' ? 'orders' : 'tickets';
    expect((await load[other].end()).filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    await system.start(name);
    const { orders } = await untilAgreed(system);
    expect(orders.length).toBeGreaterThan(60);
  },
);
