import { startTcpProxy, type TcpProxy, waitFor } from '@ticketing/testing';
import { databaseUrl } from '@ticketing/servers';
import type { ServiceName } from '@ticketing/services';
import type { ServiceProcess } from '@ticketing/start';
import { untilAgreed } from '../system/agreement.helper';
import { Client, expectStatus } from '../system/client.helper';
import { TestSystem } from '../system/system.helper';

let system: TestSystem;
/** Between the service that is to die and MongoDB. */
let proxy: TcpProxy;
/** From the first message of the service with this text on, it gets no reply any more. */
let muteFrom: string | undefined;
let alice: Client;

beforeAll(async () => {
  system = await TestSystem.open();
  proxy = await startTcpProxy(system.mongo.url, () => (said) => {
    if (muteFrom !== undefined && said.includes(muteFrom)) proxy.swallowReplies = true;
  });
  alice = new Client(system.url, 'alice');
});
afterAll(async () => {
  await system.close();
  await proxy.close();
});
beforeEach(() => {
  muteFrom = undefined;
  proxy.swallowReplies = false;
});

function startBehindProxy(name: ServiceName): Promise<ServiceProcess> {
  const uri = new URL(databaseUrl(system.mongo.url, name));
  uri.host = `127.0.0.1:${proxy.port}`;
  return system.start(name, { MONGO_URI: uri.href });
}

const count = (name: ServiceName, collection: string) => system.databases[name].collection(collection).countDocuments();

/** Kills the process while it waits for the reply to what it has written. */
async function killedIn(
  process: ServiceProcess,
  request: Promise<{ status: number }>,
  written: () => Promise<boolean>,
) {
  await waitFor(written, { what: 'the write whose reply is lost' });
  await process.kill();
  // The ingress has lost its service, and answers that or nothing.
  expect(await request.then(({ status }) => status).catch(() => 502)).toBe(502);
}

test('killed between the claim of a key and the insert: a repeat makes the one ticket', async () => {
  const doomed = await startBehindProxy('tickets');
  muteFrom = 'idempotency_keys';
  const claimed = async () => (await count('tickets', 'idempotency_keys')) === 1;
  await killedIn(doomed, alice.sell('after the claim', 20, 'key-1'), claimed);
  expect(await count('tickets', 'tickets')).toBe(0);

  await system.start('tickets');
  const made = expectStatus(201, await alice.sell('after the claim', 20, 'key-1'));
  expect(await alice.sell('after the claim', 20, 'key-1')).toEqual(made);
  expect((await alice.tickets()).body).toEqual([made.body]);
});

test('killed between the insert and the reply: a repeat finds the order, and its event is published', async () => {
  const doomed = await startBehindProxy('orders');
  const [ticket] = (await alice.tickets()).body;
  const ticketId = ticket?.id ?? '';
  await waitFor(async () => (await count('orders', 'tickets')) === 1, { what: 'the replica' });
  muteFrom = 'order:created';
  const inserted = async () => (await count('orders', 'orders')) === 1;
  await killedIn(doomed, alice.order(ticketId, 'key-2'), inserted);

  await system.start('orders');
  const made = expectStatus(201, await alice.order(ticketId, 'key-2'));
  expect((await alice.orders()).body).toEqual([made.body]);
  expectStatus(409, await alice.order(ticketId));
  const { tickets } = await untilAgreed(system);
  expect(tickets).toMatchObject([{ reservation: { number: 1, state: 'held', orderId: made.body.id } }]);
});
