import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sleep } from '@ticketing/common';
import type { Connection } from 'mongoose';
import { untilAgreed } from './agreement.helper';
import { Client } from './client.helper';
import { MixedLoad } from './mixed-load.helper';
import { type ServiceName, TestSystem } from './system.helper';

const ROOT = join(__dirname, '..', '..');
const NAMES: readonly ServiceName[] = ['tickets', 'orders'];

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

/** As mongorestore --drop, but for the indexes, which a service makes when it starts. */
async function restore(connection: Connection, backup: Backup): Promise<void> {
  await connection.dropDatabase();
  for (const [name, documents] of backup) {
    if (documents.length > 0) await connection.collection(name).insertMany([...documents]);
  }
}

/** What the command of mongosh in docs/operations.md does. Returns how many there were. */
async function forgetOrdersOfLostTickets(): Promise<number> {
  const { tickets, orders } = system.databases;
  const there = await tickets.collection('tickets').distinct('_id');
  return (await orders.collection('orders').deleteMany({ 'ticket.id': { $nin: there } })).deletedCount;
}

async function run(file: string, env: NodeJS.ProcessEnv, ...args: string[]): Promise<string> {
  const options = { env: { PATH: process.env['PATH'], ...env } };
  return (await promisify(execFile)(process.execPath, [join(ROOT, file), ...args], options)).stdout;
}

async function trade(ms: number, seed: number): Promise<void> {
  const load = new MixedLoad({ url: system.url, seed });
  await sleep(ms);
  await load.end();
}

test('both databases restored from backups made under load, by the steps of docs/operations.md: all agrees, and goes on', async () => {
  const services = await Promise.all(NAMES.map((name) => system.start(name)));
  await trade(1_500, 1);
  const load = new MixedLoad({ url: system.url, seed: 2 });
  const tickets = await backUp(system.databases.tickets); // tickets first
  const [seller, buyer] = [new Client(system.url, 'seller'), new Client(system.url, 'buyer')];
  await buyer.orderSoon((await seller.sold('sold between the backups')).id);
  const orders = await backUp(system.databases.orders);
  await sleep(1_500);
  await load.end();

  await Promise.all(services.map((service) => service.stop()));
  await restore(system.databases.tickets, tickets);
  await restore(system.databases.orders, orders);
  expect(await forgetOrdersOfLostTickets()).toBeGreaterThan(0);
  await system.nats.down();
  await system.nats.loseData();
  await system.nats.up();
  await Promise.all(NAMES.map((name) => system.start(name)));
  for (const name of NAMES) {
    const env = { ...system.env(name), NATS_CLIENT_ID: `${name}-re-emit` };
    expect(await run(`services/${name}/dist/re-emit.js`, env)).toMatch(/^published \d+ snapshots$/m);
  }
  const { MONGO_URI: ORDERS_MONGO_URI, NATS_URL, NATS_CLUSTER_ID } = system.env('orders');
  const rebuild = ['rebuild', '--re-emitted', '--force'];
  const said = await run('tools/operate/dist/main.js', { ORDERS_MONGO_URI, NATS_URL, NATS_CLUSTER_ID }, ...rebuild);
  expect(said).toMatch(/^Rebuilt \d+ tickets/m);

  const agreed = await untilAgreed(system);
  expect(agreed.tickets.length).toBeGreaterThanOrEqual(tickets.get('tickets')?.length ?? Infinity);
  await trade(1_500, 3);
  expect((await untilAgreed(system)).tickets.length).toBeGreaterThan(agreed.tickets.length);
}, 90_000);
