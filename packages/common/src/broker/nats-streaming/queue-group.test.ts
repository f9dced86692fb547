import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { sleep } from '../../runtime/retry';
import { testBus, testConnection, testDatabaseUri, uniqueName, waitFor } from '@ticketing/testing';
import { Bench, newId, ticketEvent } from '../../consumer/consumer.test.helper';
import type { Listener } from '../../consumer/listener';

const subject = 'ticket:updated';
let bench: Bench;
let channelPrefix: string;
let databaseUri: string;
const extraBuses: Awaited<ReturnType<typeof testBus>>[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  channelPrefix = `${uniqueName()}.`;
  databaseUri = testDatabaseUri();
  bench = await Bench.open({ bus: () => testBus(channelPrefix), connection: await testConnection(databaseUri) });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await bench.close();
  await Promise.all(extraBuses.splice(0).map((bus) => bus.close()));
});

function recorder(into: number[], ms = 0): Listener {
  const handle = async ({ version }: { version: number }) => {
    await sleep(ms);
    into.push(version);
    return 'applied' as const;
  };
  return { subject, ordering: 'any-order', key: ({ id }) => id, handle };
}

/** A second process of the service, as the broker sees it: a client of its own. */
async function anotherBus() {
  const bus = await testBus(channelPrefix);
  extraBuses.push(bus);
  return bus;
}

const publishMany = (from: number, to: number) =>
  bench.publish(subject, ...Array.from({ length: to - from }, (_, index) => ticketEvent(newId(), from + index)));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

test('two members of a group share the work, and neither event is handled by both', async () => {
  const [one, two]: [number[], number[]] = [[], []];
  await bench.consumer([recorder(one)]);
  await bench.consumer([recorder(two)], { bus: await anotherBus() });
  await publishMany(0, 200);
  await waitFor(() => one.length + two.length === 200);
  await sleep(1_500);
  expect(sorted([...one, ...two])).toEqual(range(0, 200));
  expect(Math.min(one.length, two.length)).toBeGreaterThan(20);
});

test('two groups each get every event', async () => {
  const [one, two]: [number[], number[]] = [[], []];
  await bench.consumer([recorder(one)]);
  await bench.consumer([recorder(two)], { bus: await anotherBus(), group: 'another-service' });
  await publishMany(0, 20);
  // After a pause of the machine that is longer than the ack wait an event may come again.
  const seen = () => [one, two].map((versions) => sorted([...new Set(versions)]));
  await waitFor(() => seen().flat().length === 40);
  expect(seen()).toEqual([range(0, 20), range(0, 20)]);
});

test('a group that was down gets what it missed, once: draining keeps its position', async () => {
  const seen: number[] = [];
  const first = await bench.consumer([recorder(seen)]);
  await publishMany(0, 10);
  await waitFor(() => seen.length === 10);
  await first.drain();
  await publishMany(10, 30);
  await sleep(300);
  expect(seen).toHaveLength(10);
  await bench.consumer([recorder(seen)], { bus: await anotherBus() });
  await waitFor(() => seen.length >= 30);
  await sleep(1_500);
  expect(sorted(seen)).toEqual(range(0, 30));
});

test('draining waits for what is in hand, acks it, and takes nothing more', async () => {
  const seen: number[] = [];
  const consumer = await bench.consumer([recorder(seen, 300)], { settings: { concurrency: 2 } });
  await publishMany(0, 10);
  await waitFor(() => bench.bus.isConnected() && seen.length > 0);
  await Promise.all([consumer.drain(), consumer.drain()]);
  const handled = seen.length;
  await sleep(500);
  expect(seen).toHaveLength(handled);
  expect(handled).toBeLessThan(10);
  await bench.consumer([recorder(seen)], { bus: await anotherBus() });
  await waitFor(() => seen.length >= 10);
  await sleep(1_500);
  expect(sorted(seen)).toEqual(range(0, 10));
});

test('of two members one process is killed: every event arrives', async () => {
  const program = join(__dirname, '../../../dist/broker/nats-streaming/member.test.program.js');
  const env = { ...process.env, DATABASE_URI: databaseUri, CHANNEL_PREFIX: channelPrefix, GROUP: bench.group };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  const seen: number[] = [];
  await bench.consumer([recorder(seen)]);
  const theirs = bench.connection.collection<{ version: number }>('handled');
  await publishMany(0, 60);
  await waitFor(async () => (await theirs.countDocuments()) >= 3);
  child.kill('SIGKILL');
  const all = async () => [...seen, ...(await theirs.find().toArray()).map(({ version }) => version)];
  await waitFor(async () => new Set(await all()).size === 60, { timeoutMs: 30_000 });
  expect((await theirs.countDocuments()) < 60).toBe(true);
});
