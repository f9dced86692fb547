import { startNats } from '@ticketing/servers';
import { sleep } from '../retry';
import { createLogger } from '../logger';
import { silentLogger, startTcpProxy, testBus, testServers, uniqueName, waitFor } from '../testing';
import { NatsStreamingBus } from './nats-streaming-bus';

const options = { queueGroup: 'group', ackWaitMs: 1_000, maxInFlight: 8 };

test('a server that refuses a subscription is not stormed, and keeps none of the clients that gave up', async () => {
  const nats = await startNats({ args: ['-mc', '1'], env: { ...process.env, NATS_URL: '' } });
  const bus = new NatsStreamingBus({
    ...{ url: nats.url, clusterId: nats.clusterId, clientIdPrefix: 'test', logger: silentLogger() },
  });
  let attempts = 0;
  try {
    bus.subscribe('first', options, () => undefined);
    bus.subscribe('refused', { ...options, onSubscribe: () => (attempts += 1) }, () => undefined);
    await waitFor(() => attempts >= 3);
    await sleep(2_000);
    expect(attempts).toBeLessThan(10);
    const reply = await fetch(`${nats.monitorUrl}/streaming/serverz`);
    expect(((await reply.json()) as { clients: number }).clients).toBeLessThanOrEqual(1);
  } finally {
    await bus.close();
    await nats.kill();
  }
});

test('an ack wait that is no whole second is rounded up, not refused for ever', async () => {
  const bus = await testBus(`${uniqueName()}.`);
  const received: string[] = [];
  const subscription = bus.subscribe('odd', { ...options, ackWaitMs: 1_500 }, (message) => {
    received.push(message.payload);
    message.ack();
  });
  await bus.publish('odd', 'hello');
  await waitFor(() => received.length > 0);
  expect(received).toEqual(['hello']);
  await subscription.close();
  await bus.close();
});

test('a subscription whose answer is lost was not refused: that is no error, and the next client makes it', async () => {
  const { natsUrl, natsClusterId: clusterId } = testServers();
  const proxy = await startTcpProxy(natsUrl);
  const lines: { level: number; msg: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  const logger = createLogger({ name: 'test', level: 'info', destination });
  const lost = proxy.loseReplyTo((request) => request.includes('_STAN.sub.'));
  const url = `nats://127.0.0.1:${proxy.port}`;
  const bus = new NatsStreamingBus({ url, clusterId, clientIdPrefix: 'test', logger, timeoutMs: 1_000 });
  try {
    bus.subscribe(uniqueName(), options, () => undefined);
    await lost;
    await waitFor(() => lines.some(({ msg }) => msg === 'connected to NATS Streaming'));
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 40, msg: 'NATS Streaming did not answer to a subscription' }),
    );
    expect(lines.filter(({ level }) => level > 40)).toEqual([]);
  } finally {
    await bus.close();
    await proxy.close();
  }
});
