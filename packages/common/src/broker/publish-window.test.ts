import { silentLogger, startTcpProxy, testBroker, testServers, uniqueName, waitFor } from '@ticketing/testing';
import { createBroker } from './create-broker';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A broker whose connection a test can slow down, and one that sees what is stored. */
async function slowed(options: { timeoutMs: number; publishWindow?: number }) {
  const { engine, natsUrl, natsClusterId: clusterId } = testServers();
  const proxy = await startTcpProxy(natsUrl);
  cleanUps.push(() => proxy.close());
  const channelPrefix = `${uniqueName()}.`;
  const broker = createBroker({
    ...{ engine, url: `nats://127.0.0.1:${proxy.port}`, clusterId, clientIdPrefix: 'test', channelPrefix },
    ...{ logger: silentLogger(), ...options },
  });
  cleanUps.push(() => broker.close());
  const seeing = await testBroker(channelPrefix);
  cleanUps.push(() => seeing.close());
  await waitFor(() => broker.isConnected());
  return { proxy, broker, seeing };
}

test('with 10,000 waiting publishes a broker slower than the time limit for all gets each once', async () => {
  const { proxy, broker, seeing } = await slowed({ timeoutMs: 10_000 });
  // 10,000 of about 240 bytes take 13 s, those of one window 0.3 s: the rest of the limit is for a disk that stalls.
  proxy.bytesPerMs = 180;
  const payload = 'x'.repeat(80);
  const published = await Promise.allSettled(Array.from({ length: 10_000 }, () => broker.publish('channel', payload)));
  expect(published.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(await seeing.extent('channel')).toMatchObject({ held: 10_000 });
}, 60_000);

test('no more than the window wait for acks, in the order of publishing', async () => {
  const { proxy, broker, seeing } = await slowed({ timeoutMs: 20_000, publishWindow: 3 });
  proxy.swallowReplies = true;
  const published = Array.from({ length: 10 }, (_, n) => broker.publish('channel', `${n}`));
  for (const one of published) one.catch(() => undefined);
  const held = async () => {
    const extent = await seeing.extent('channel');
    return extent === 'empty' ? 0 : extent.held;
  };
  await waitFor(async () => (await held()) === 3);
  expect(await held()).toBe(3);
});
