import { waitFor } from '@ticketing/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilAgreed } from '../system/agreement.helper';
import { Client } from '../system/client.helper';
import { CLIENTS, type Load, type Outcome, startLoad } from '../system/load.helper';
import { TestSystem } from '../system/system.helper';

const DEADLINE_MS = 10_000;
/** A connection that is idle for so long (ms) at the stop is closed. A client that is held up for longer may just send a request on it. */
const GRACE_MS = 250;

/** The services under load. */
const LOADED = ['tickets', 'orders'] as const;
type Loaded = (typeof LOADED)[number];

/** Identifies the document that the n-th request of a load makes. */
type KeyOf = (n: number) => string;

let system: TestSystem;
let alice: Client;
let load: Record<Loaded, Load> | undefined;

beforeEach(async () => {
  system = await TestSystem.open();
  alice = new Client(system.url, 'alice');
});
afterEach(async () => {
  await Promise.all([load?.tickets.end(), load?.orders.end()]);
  await system.close();
});

/** Load on two services at once: tickets are sold, and each that orders knows is ordered, so that events go both ways. */
async function loadBoth() {
  const [tickets, orders] = await Promise.all([system.start('tickets'), system.start('orders')]);
  const stock: string[] = [];
  while (stock.length < 160) {
    const sold = await Promise.all(Array.from({ length: 20 }, () => alice.sold('stock')));
    stock.push(...sold.map(({ id }) => id));
  }
  await untilAgreed(system);
  const keyOf = { tickets: (n: number) => `sold ${n}`, orders: (n: number) => stock[n] ?? 'sold out' };
  load = {
    tickets: startLoad(tickets.url, '/api/tickets', (n) => ({ title: keyOf.tickets(n), price: 20 })),
    orders: startLoad(orders.url, '/api/orders', (n) => ({ ticketId: stock[n] ?? stock[0] })),
  };
  const { tickets: sales, orders: reservations } = load;
  await waitFor(() => sales.outcomes.length > 60 && reservations.outcomes.length > 60);
  return { services: { tickets, orders }, load, keyOf };
}

/**
 * Every request that the service accepted has its whole answer, and what was answered with 201 is stored. The others
 * were refused. These clients connect until the end, which a preStop hook would prevent. So each may be reset once, if
 * it connected at the moment when listening ended; then nothing may be stored for it.
 */
async function expectNoneCutOff(name: Loaded, load: Load, keyOf: KeyOf): Promise<void> {
  const outcomes: readonly Outcome[] = await load.end();
  const stored = await system.databases[name].collection(name).find().toArray();
  const ids = outcomes.filter(({ status }) => status === 201).map(({ body }) => idIn(body));
  expect(stored.map(({ _id }) => String(_id))).toEqual(expect.arrayContaining(ids));

  const unanswered = outcomes.filter(({ status }) => status !== 201 && status !== 409);
  const reset = unanswered.filter(({ error }) => error === 'ECONNRESET' || error === 'EPIPE');
  expect(unanswered.filter((outcome) => outcome.error !== 'ECONNREFUSED' && !reset.includes(outcome))).toEqual([]);
  expect(reset.length).toBeLessThanOrEqual(CLIENTS);
  if (load.heldUpMs() < GRACE_MS / 2) expect(reset.filter(({ reused }) => reused)).toEqual([]);
  const keys = new Set(stored.map((document) => String(document['title'] ?? document['ticket'].id)));
  expect(reset.filter(({ n }) => keys.has(keyOf(n)))).toEqual([]);
}

const idIn = (body = '') => (JSON.parse(body) as { id: string }).id;

test.each(LOADED)(
  'SIGTERM to %s under load, twice: no request is cut off, no acked event is unhandled, exit 0 in time',
  async (name) => {
    const { services, load, keyOf } = await loadBoth();
    const stopped = services[name];
    const began = Date.now();
    process.kill(stopped.pid, 'SIGTERM');
    await sleep(100);
    process.kill(stopped.pid, 'SIGTERM');
    expect(await stopped.exited).toBe(0);
    expect(Date.now() - began).toBeLessThan(DEADLINE_MS + 5_000); // and 5 s for a machine that is held up
    await waitFor(() => load[name].outcomes.some(({ error }) => error === 'ECONNREFUSED'));

    await expectNoneCutOff(name, load[name], keyOf[name]);
    const other = await load[name === 'tickets' ? 'orders' : 'tickets'].end();
    expect(other.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    await system.start(name);
    const { orders } = await untilAgreed(system);
    expect(orders.length).toBeGreaterThan(60);
  },
);
