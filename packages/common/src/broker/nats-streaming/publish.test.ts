import { connect } from 'node:net';
import { createMetrics } from '../../runtime/metrics';
import { sleep } from '../../runtime/retry';
import {
  silentLogger,
  startTcpProxy,
  type TcpProxy,
  testBroker,
  testServers,
  uniqueName,
  waitFor,
} from '@ticketing/testing';
import { newId, ticketEvent } from '../../consumer/consumer.test.helper';
import { createBroker } from '../create-broker';
import type { NatsStreamingOptions } from './nats-streaming-broker';
import { createPublisher } from '../../outbox/publisher';
import type { Broker } from '../port';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const closable of open.splice(0).reverse()) await closable.close();
});

function brokerAt(url: string, options: Partial<NatsStreamingOptions> = {}): Broker {
  const { natsClusterId: clusterId } = testServers();
  const channelPrefix = `${uniqueName()}.`;
  const broker = createBroker({
    ...{ url, clusterId, clientIdPrefix: 'test', logger: silentLogger(), channelPrefix, timeoutMs: 1_000 },
    ...options,
  });
  open.push(broker);
  return broker;
}

/** A broker whose connection a test can cut. */
async function cutable(options?: Partial<NatsStreamingOptions>): Promise<{ proxy: TcpProxy; broker: Broker }> {
  const proxy = await startTcpProxy(testServers().natsUrl);
  open.push(proxy);
  const broker = brokerAt(`nats://127.0.0.1:${proxy.port}`, options);
  await waitFor(() => broker.isConnected());
  return { proxy, broker };
}

test('a published event is stored when the promise resolves, and counted', async () => {
  const broker = await testBroker();
  open.push(broker);
  const metrics = createMetrics('test');
  await createPublisher(broker, metrics, silentLogger()).publish('ticket:updated', ticketEvent(newId(), 0));
  expect(await broker.extent('ticket:updated')).toMatchObject({ held: 1 });
  expect((await metrics.eventsPublished.get()).values).toMatchObject([
    { labels: { subject: 'ticket:updated' }, value: 1 },
  ]);
});

test('an event that breaks its contract is refused before it is sent, and not counted', async () => {
  const broker = await testBroker();
  open.push(broker);
  const metrics = createMetrics('test');
  const wrong = { ...ticketEvent(newId(), 0), colour: 'red' };
  await expect(createPublisher(broker, metrics, silentLogger()).publish('ticket:updated', wrong)).rejects.toThrow(
    'colour',
  );
  expect(await broker.extent('ticket:updated')).toBe('empty');
  expect((await metrics.eventsPublished.get()).values).toEqual([]);
});

test('a broker that is closed while its server is away leaves nothing behind that throws later', async () => {
  const { proxy, broker } = await cutable({ pingIntervalMs: 1_000 });
  proxy.refuse = true;
  proxy.cut();
  await waitFor(() => !broker.isConnected());
  await broker.close();
  await sleep(2_500); // a ping on the closed connection would be an uncaught exception, which fails this test
});

test('an event that is larger than the server takes rejects, and the broker goes on', async () => {
  const broker = brokerAt(testServers().natsUrl, { timeoutMs: 5_000 });
  await waitFor(() => broker.isConnected());
  await expect(broker.publish('ticket:updated', 'x'.repeat(2_000_000))).rejects.toThrow();
  await waitFor(() => broker.publish('ticket:updated', '{}').then(() => true));
  expect(await waitFor(() => broker.extent('ticket:updated'))).toMatchObject({ held: 1 });
});

test('a broker whose server is away, has another name or never answers tries on, stops when it is closed, and throws nothing', async () => {
  const { natsUrl } = testServers();
  const silent = await startTcpProxy(natsUrl);
  silent.swallowReplies = true;
  open.push(silent);
  const brokers = [
    brokerAt('nats://127.0.0.1:1'),
    brokerAt(natsUrl, { clusterId: 'another' }),
    brokerAt(`nats://127.0.0.1:${silent.port}`),
  ];
  await sleep(3_000);
  expect(brokers.map((broker) => broker.isConnected())).toEqual([false, false, false]);
  await Promise.all(brokers.map((broker) => broker.close()));
  await Promise.all(brokers.map((broker) => broker.close()));
});

test('the server that the tests run on is the real one', async () => {
  const { hostname, port } = new URL(testServers().natsUrl);
  const socket = connect(Number(port), hostname);
  const info = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
  socket.destroy();
  expect(info).toMatch(/^INFO \{.*"version"/);
});
