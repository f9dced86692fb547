import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeEvent, sleep } from '@ticketing/common';
import { newId, newMeta, silentLogger, testBroker, testConnection, waitFor } from '@ticketing/testing';
import { databaseUrl } from '@ticketing/servers';
import { serviceNames } from '@ticketing/services';
import type { Connection } from 'mongoose';
import { untilAgreed } from '../system/agreement.helper';
import { Client } from '../system/client.helper';
import { MixedLoad } from '../system/mixed-load.helper';
import { TestSystem } from '../system/system.helper';

const ROOT = join(__dirname, '..', '..', '..');

let system: TestSystem;
beforeEach(async () => {
  system = await TestSystem.open();
});
afterEach(() => system.close());

type Backup = ReadonlyMap<string, readonly Record<string, unknown>[]>;

/** All documents of all collections, as mongodump reads them: one collection after the other, while the service runs. */
async function backUp({ db }: Connection): Promise<Backup> {
  const backup = new Map<string, Record<string, unknown>[]>();
  for (const collection of (await db?.collections()) ?? []) {
    backup.set(collection.collectionName, await collection.find().toArray());
  }
  return backup;
}

/** Like mongorestore --drop, without the indexes, which a service makes when it starts. */
async function restore(connection: Connection, backup: Backup): Promise<void> {
  await connection.dropDatabase();
  for (const [name, documents] of backup) {
    if (documents.length > 0) await connection.collection(name).insertMany([...documents]);
  }
}

/** A database as mongosh has it. */
const shellDatabase = (connection: Connection) => ({
  getName: () => connection.name,
  getCollection: (name: string) => connection.collection(name),
  getSiblingDB: (name: string) => shellDatabase(connection.useDb(name)),
});

/** Runs the script for mongosh in docs/operations.md, which awaits MongoDB implicitly. Returns its output. */
async function runScriptOfStep3(uris: Record<`${'TICKETS' | 'ORDERS'}_MONGO_URI`, string>): Promise<string> {
  const script = /mongosh .*--eval '([^']+)'/.exec(await readFile(join(ROOT, 'docs', 'operations.md'), 'utf8'))?.[1];
  const waiting = (script ?? '').replace(/\b(t|o|it)\.getCollection/g, 'await $&');
  const printed: string[] = [];
  const connections: Connection[] = [];
  for (const uri of Object.values(uris)) connections.push(await testConnection(uri));
  const connect = (uri: string) => shellDatabase(connections[Object.values(uris).indexOf(uri)] as Connection);
  const names = ['connect', 'process', 'print'];
  try {
    // As a shell does with the text that it is given.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function(...names, `return (async () => {${waiting}})()`) as (...given: unknown[]) => Promise<void>;
    await run(connect, { env: uris }, (line: string) => printed.push(line));
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
  return printed.join('\n');
}

async function run(file: string, env: NodeJS.ProcessEnv, ...args: string[]): Promise<string> {
  const options = { env: { PATH: process.env['PATH'], ...env } };
  return (await promisify(execFile)(process.execPath, [join(ROOT, file), ...args], options)).stdout;
}

/** Tells a payment, as the service does that takes payments. */
async function tell(payment: { id: string; orderId: string; amount: number }): Promise<void> {
  const { engine, nats } = system;
  const broker = await testBroker('', silentLogger(), { engine, natsUrl: nats.url, natsClusterId: 'ticketing' });
  const event = encodeEvent('payment:created', { ...payment, version: 0, meta: newMeta() });
  await broker.publish('payment:created', event, { aggregate: payment.id });
  await broker.close();
}

async function trade(ms: number, seed: number): Promise<void> {
  const load = new MixedLoad({ url: system.url, seed });
  await sleep(ms);
  await load.end();
}

test('both databases restored from backups made under load, by the steps of docs/operations.md: all agrees, and goes on', async () => {
  const services = await Promise.all(serviceNames.map((name) => system.start(name)));
  await trade(1_500, 1);
  const [seller, buyer] = [new Client(system.url, 'seller'), new Client(system.url, 'buyer')];
  const order = async () => buyer.orderSoon((await seller.sold('paid after the backup')).id);
  const [paid, unpaid] = [await order(), await order()];
  const load = new MixedLoad({ url: system.url, seed: 2 });
  const tickets = await backUp(system.databases.tickets); // tickets first
  await buyer.orderSoon((await seller.sold('sold between the backups')).id);
  const orders = await backUp(system.databases.orders);
  const payment = { id: newId(), orderId: paid.id, amount: paid.ticket.price };
  const refused = { id: newId(), orderId: unpaid.id, amount: unpaid.ticket.price + 1 };
  await Promise.all([payment, refused].map(tell));
  const statusOf = async ({ id }: { id: string }) => (await buyer.shownOrder(id)).body.status;
  const refusals = () => system.databases.orders.collection('payment_refusals').countDocuments();
  await waitFor(async () => (await statusOf(paid)) === 'complete' && (await refusals()) === 1);
  await sleep(1_500);
  await load.end();

  await Promise.all(services.map((service) => service.stop()));
  await restore(system.databases.tickets, tickets);
  await restore(system.databases.orders, orders);
  const path = { TICKETS_MONGO_URI: databaseUrl(system.mongo.url, 'tickets'), ORDERS_MONGO_URI: system.mongo.url };
  const wrong = { ...path, TICKETS_MONGO_URI: databaseUrl(system.mongo.url, 'nothing') };
  await expect(runScriptOfStep3(wrong)).rejects.toThrow('nothing was deleted');
  const lost = {
    group: 'orders-service',
    channel: 'ticket:updated',
    sequence: 9_999,
    storedAt: Date.now(),
    payload: '{}',
  };
  const parked = { version: 9, event: '{}', at: new Date(), from: lost };
  await system.databases.orders.collection('tickets').insertOne({ version: -1, parked: [parked] });
  await system.databases.orders.collection('dead_letters').insertOne({ ...lost, reason: 'failed', state: 'dead' });
  const deleted = await runScriptOfStep3(path);
  for (const what of ['orders of the lost ticket', 'replicas with parked events', 'dead_letters of orders']) {
    expect(deleted).toMatch(new RegExp(`^deleted [1-9]\\d* ${what}`, 'm'));
  }
  await system.nats.down();
  await system.nats.loseData();
  await system.nats.up();
  await Promise.all(serviceNames.map((name) => system.start(name)));
  expect([await statusOf(paid), await refusals()]).toEqual(['created', 0]);
  for (const name of serviceNames) {
    const env = { ...system.env(name), NATS_CLIENT_ID: `${name}-re-emit` };
    expect(await run(`services/${name}/dist/re-emit.js`, env)).toMatch(/^published \d+ snapshots$/m);
  }
  await tell(payment); // and not the other one, of which a refusal was heard
  const { MONGO_URI: ORDERS_MONGO_URI, BROKER, NATS_URL, NATS_CLUSTER_ID } = system.env('orders');
  const rebuild = ['rebuild', '--re-emitted', '--force'];
  const addresses = { ORDERS_MONGO_URI, BROKER, NATS_URL, NATS_CLUSTER_ID };
  const said = await run('tools/operate/dist/main.js', addresses, ...rebuild);
  expect(said).toMatch(/^Rebuilt \d+ tickets/m);

  const agreed = await untilAgreed(system);
  expect([await statusOf(paid), await statusOf(unpaid), await refusals()]).toEqual(['complete', 'created', 0]);
  expect(agreed.tickets.length).toBeGreaterThanOrEqual(tickets.get('tickets')?.length ?? Infinity);
  await trade(1_500, 3);
  expect((await untilAgreed(system)).tickets.length).toBeGreaterThan(agreed.tickets.length);
});
