import { waitFor } from '@ticketing/testing';
import type { ServiceProcess } from '@ticketing/start';
import { untilAgreed } from '../system/agreement.helper';
import { Client, type Reply } from '../system/client.helper';
import { TestSystem } from '../system/system.helper';

let system: TestSystem;
let services: ServiceProcess[];
let alice: Client;
let bob: Client;

beforeAll(async () => {
  system = await TestSystem.open();
  services = await Promise.all([system.start('tickets'), system.start('orders')]);
  alice = new Client(system.url, 'alice');
  bob = new Client(system.url, 'bob');
});
afterAll(() => system.close());

const readiness = () => Promise.all(services.map(async ({ url }) => (await fetch(`${url}/readyz`)).status));

/** Calls repeatedly, in several loops at once, until told to stop; then returns every reply. */
function underLoad<T>(call: (n: number) => Promise<Reply<T>>): () => Promise<Reply<T>[]> {
  const replies: Reply<T>[] = [];
  let going = true;
  let n = 0;
  const loop = async () => {
    while (going) replies.push(await call(n++));
  };
  const loops = Promise.all([loop(), loop(), loop(), loop()]);
  return async () => {
    going = false;
    await loops;
    return replies;
  };
}

test('MongoDB killed under load and started on its data: 503 meanwhile, no write answered by 201 is lost', async () => {
  const stock = await Promise.all(Array.from({ length: 10 }, (_, n) => alice.sold(`stock ${n}`)));
  await untilAgreed(system);
  const endSelling = underLoad((n) => alice.sell(`sold under load ${n}`));
  const endOrdering = underLoad((n) => bob.order(stock[n % stock.length]?.id ?? ''));
  await waitFor(async () => (await system.databases.orders.collection('orders').countDocuments()) > 5);

  await system.mongo.down();
  await waitFor(async () => (await readiness()).every((status) => status === 503), { what: '/readyz to be 503' });
  const unavailable = { status: 503, body: { errors: [{ message: expect.any(String) }] } };
  const meanwhile = [alice.tickets(), alice.sell('away'), bob.order(stock[0]?.id ?? '')];
  expect(await Promise.all(meanwhile)).toEqual(meanwhile.map(() => unavailable));
  await system.mongo.up();
  await waitFor(async () => (await readiness()).every((status) => status === 200), { what: '/readyz to be 200' });
  const [sold, ordered] = [await endSelling(), await endOrdering()];
  expect([...new Set(sold.map(({ status }) => status))].sort()).toEqual([201, 503]);
  expect([...new Set(ordered.map(({ status }) => status))].sort()).toEqual([201, 409, 503]);

  const agreed = await untilAgreed(system);
  const idsOf = (replies: readonly Reply<{ id: string }>[]) =>
    replies.filter(({ status }) => status === 201).map(({ body }) => body.id);
  const stored = [...agreed.tickets, ...agreed.orders].map(({ _id }) => String(_id));
  expect(stored).toEqual(expect.arrayContaining([...idsOf(sold), ...idsOf(ordered)]));
  expect((await bob.orderSoon((await alice.sold('sold afterwards')).id)).status).toBe('created');
  await untilAgreed(system);
});
