import { freePort, restartableNats, type RunningNats, startNats } from '@ticketing/servers';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { sleep } from '../../runtime/retry';
import { silentLogger, testConnection, waitFor } from '@ticketing/testing';
import { brokerGauge } from '../../consumer/consumer-gauges';
import { Bench, inOrder, newId, ticketEvent } from '../../consumer/consumer.test.helper';
import { BROKER_WAITS } from '../../runtime/policies';
import { createBroker } from '../create-broker';

const subject = 'ticket:updated';
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A bench on a server of its own. The broker has the settings of a service. */
async function benchAt(url: string): Promise<Bench> {
  const connection = await testConnection();
  const bench = await Bench.open({
    connection,
    broker: (logger) => createBroker({ url, clusterId: 'ticketing', clientIdPrefix: 'test', logger }),
  });
  cleanUps.push(() => bench.close());
  await waitFor(() => bench.broker.isConnected());
  return bench;
}

const lost = (bench: Bench) => bench.lines.find(({ msg }) => msg.startsWith('lost the NATS Streaming client'));
const versions = async (bench: Bench, id: string) => (await bench.replica.find(id))?.history;

test('a server that is killed and comes back with its files goes on where it was, and nothing is lost', async () => {
  const nats = await restartableNats();
  cleanUps.push(() => nats.remove());
  const bench = await benchAt(nats.url);
  brokerGauge(bench.broker, bench.metrics);
  await bench.consumer([inOrder(subject)]);
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 0));
  await bench.versionIs(id, 0);
  await bench.publish(subject, ticketEvent(id, 1), ticketEvent(id, 2));
  await nats.down();
  await waitFor(() => !bench.broker.isConnected());
  await expect(bench.publish(subject, ticketEvent(id, 3))).rejects.toThrow('not connected');
  expect(await bench.metrics.scrape()).toContain('ticketing_nats_connected{service="test"} 0\n');
  await nats.up();
  await waitFor(() => bench.broker.isConnected(), { timeoutMs: 20_000 });
  await waitFor(() => bench.publish(subject, ticketEvent(id, 3)).then(() => true), { timeoutMs: 20_000 });
  await waitFor(async () => (await bench.replica.versionOf(id)) === 3, { timeoutMs: 20_000 });
  expect(await versions(bench, id)).toEqual([0, 1, 2, 3]);
  expect(await bench.metrics.scrape()).toContain('ticketing_nats_connected{service="test"} 1\n');
  expect((await bench.metrics.lostHistory.get()).values).toMatchObject([{ labels: { subject }, value: 0 }]);
});

test('a server that comes back without its store gets new clients and all subscriptions, and the loss is reported once', async () => {
  const port = await freePort();
  const start = (): Promise<RunningNats> => startNats({ port, env: { ...process.env, NATS_URL: '' } });
  let nats = await start();
  cleanUps.push(() => nats.kill());
  const bench = await benchAt(nats.url);
  const created = 'ticket:created';
  await bench.consumer([inOrder([created, subject])]);
  const [before, after] = [newId(), newId()];
  await bench.publish(created, ticketEvent(before, 0));
  await bench.publish(subject, ticketEvent(before, 1), ticketEvent(before, 2));
  await bench.versionIs(before, 2);

  await nats.kill();
  await sleep(100);
  nats = await start();
  const back = performance.now();
  await waitFor(() => lost(bench), { timeoutMs: 20_000, what: 'the lost client to be noticed' });
  expect(performance.now() - back).toBeLessThan(15_000);
  const publish = () => bench.publish(created, ticketEvent(after, 0)).then(() => true);
  await waitFor(publish, { timeoutMs: 20_000 });
  await bench.publish(subject, ticketEvent(after, 1));
  await waitFor(async () => (await bench.replica.versionOf(after)) === 1, { timeoutMs: 20_000 });
  const reports = async () =>
    (await bench.metrics.lostHistory.get()).values.map(({ labels, value }) => ({ subject: labels.subject, value }));
  await waitFor(async () => (await reports()).filter(({ value }) => value > 0).length === 2);
  await sleep(1_500);
  expect((await reports()).sort((a, b) => `${a.subject}`.localeCompare(`${b.subject}`))).toEqual([
    { subject: created, value: 1 },
    { subject, value: 1 },
  ]);
}, 90_000);

test('a server that hangs is noticed within 15 seconds, and used again when it goes on', async () => {
  const nats = await restartableNats();
  cleanUps.push(() => nats.remove());
  const bench = await benchAt(nats.url);
  await bench.consumer([inOrder(subject)]);
  const id = newId();
  await bench.publish(subject, ticketEvent(id, 0));
  await bench.versionIs(id, 0);
  await nats.signal('SIGSTOP');
  expect(BROKER_WAITS.pingMs * (BROKER_WAITS.missedPings + 1)).toBeLessThan(15_000);
  await waitFor(() => !bench.broker.isConnected(), { timeoutMs: 60_000, what: 'the hanging server to be noticed' });
  await nats.signal('SIGCONT');
  expect(lost(bench)).toBeDefined();
  await waitFor(() => bench.publish(subject, ticketEvent(id, 1)).then(() => true), { timeoutMs: 30_000 });
  await waitFor(async () => (await bench.replica.versionOf(id)) === 1, { timeoutMs: 30_000 });
}, 180_000);

test('a proxy that accepts and closes connections, because the server is away, is not flooded', async () => {
  let connections = 0;
  const proxy = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  cleanUps.push(() => new Promise((resolve) => proxy.close(resolve)));
  const url = `nats://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const logger = silentLogger();
  const broker = createBroker({ url, clusterId: 'ticketing', clientIdPrefix: 'test', logger });
  cleanUps.push(() => broker.close());
  await sleep(3_000);
  await waitFor(() => connections > 2);
  expect(connections).toBeLessThan(20);
});
