import { startNats } from '@ticketing/servers';
import { sleep } from '../../runtime/retry';
import { createLogger } from '../../runtime/logger';
import { startTcpProxy, testBroker, testServers, uniqueName, waitFor } from '@ticketing/testing';
import type { Message } from '../port';
import { createBroker } from '../create-broker';

function logged() {
  const lines: { level: number; msg: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  return { lines, logger: createLogger({ name: 'test', level: 'info', destination }) };
}

const refusals = (lines: readonly { msg: string }[]) =>
  lines.filter(({ msg }) => msg.startsWith('NATS Streaming refuses a subscription')).length;

const options = { group: 'group', ackWaitMs: 1_000, maxInFlight: 8 };

test('a server that refuses a subscription is not flooded, and keeps no failed clients', async () => {
  const nats = await startNats({ args: ['-mc', '1'], env: { ...process.env, NATS_URL: '' } });
  const { lines, logger } = logged();
  const attempts = () => refusals(lines);
  const broker = createBroker({ url: nats.url, clusterId: nats.clusterId, clientIdPrefix: 'test', logger });
  try {
    broker.consume('first', options, () => undefined);
    broker.consume('refused', options, () => undefined);
    await waitFor(() => attempts() >= 3);
    await sleep(2_000);
    expect(attempts()).toBeLessThan(10);
    const reply = await fetch(`${nats.monitorUrl}/streaming/serverz`);
    expect(((await reply.json()) as { clients: number }).clients).toBeLessThanOrEqual(1);
  } finally {
    await broker.close();
    await nats.kill();
  }
});

test('a channel that is refused is named, and tried again alone; the others and publishing go on', async () => {
  const nats = await startNats({ args: ['-mc', '2', '-mi', '1s'], env: { ...process.env, NATS_URL: '' } });
  const { lines, logger } = logged();
  const broker = createBroker({ url: nats.url, clusterId: nats.clusterId, clientIdPrefix: 'test', logger });
  const received = new Set<string>();
  const take = (message: Message) => {
    received.add(`${message.channel} ${message.payload}`);
    message.ack();
  };
  const patient = { ...options, ackWaitMs: 30_000 };
  try {
    await waitFor(() => broker.isConnected());
    const passing = broker.consume('passing', patient, take);
    await Promise.all([passing.ready, broker.consume('listened', patient, take).ready]); // before the third one
    await broker.publish('listened', '1');
    await waitFor(() => received.has('listened 1'));
    broker.consume('too-many', patient, take);
    await waitFor(() => broker.refusedChannels().length === 1);
    expect(broker.refusedChannels()).toEqual(['too-many']);
    expect(lines.filter(({ level }) => level > 30)[0]).toMatchObject({
      ...{ level: 50, channel: 'too-many', reason: expect.stringContaining('too many channels') as string },
    });
    await expect(broker.publish('too-many', '1')).rejects.toThrow('too many channels');
    for (let n = 2; n <= 5; n += 1) await broker.publish('listened', `${n}`);
    await waitFor(() => received.size === 5);
    expect(lines.filter(({ msg }) => msg.startsWith('lost the NATS Streaming client'))).toEqual([]);

    await passing.close(); // the server forgets a channel that nobody used for a second
    await waitFor(() => broker.refusedChannels().length === 0 || broker.publish('too-many', '1').then(() => false), {
      ...{ timeoutMs: 40_000, what: 'the channel to be taken' },
    });
    await broker.publish('too-many', '2');
    await waitFor(() => received.has('too-many 2'));
  } finally {
    await broker.close();
    await nats.kill();
  }
}, 60_000);

test('a channel that is refused is not tried any more when its subscription ends', async () => {
  const nats = await startNats({ args: ['-mc', '1'], env: { ...process.env, NATS_URL: '' } });
  const { lines, logger } = logged();
  const broker = createBroker({ url: nats.url, clusterId: nats.clusterId, clientIdPrefix: 'test', logger });
  try {
    await waitFor(() => broker.isConnected());
    await broker.publish('first', '1');
    const refused = broker.consume('refused', options, () => undefined);
    await waitFor(() => refusals(lines) >= 2);
    await refused.close();
    expect(broker.refusedChannels()).toEqual([]);
    const before = refusals(lines);
    await sleep(3_000);
    expect(refusals(lines)).toBe(before);
  } finally {
    await broker.close();
    await nats.kill();
  }
});

test('an ack wait that is no whole second is rounded up, not refused', async () => {
  const broker = await testBroker(`${uniqueName()}.`);
  const received: string[] = [];
  const subscription = broker.consume('odd', { ...options, ackWaitMs: 1_500 }, (message) => {
    received.push(message.payload);
    message.ack();
  });
  await broker.publish('odd', 'hello');
  await waitFor(() => received.length > 0);
  expect(received[0]).toBe('hello');
  await subscription.close();
  await broker.close();
});

test('a subscription whose answer is lost was not refused: that is no error, and the next client makes it', async () => {
  const { natsUrl, natsClusterId: clusterId } = testServers();
  const proxy = await startTcpProxy(natsUrl);
  const { lines, logger } = logged();
  const lost = proxy.loseReplyTo((request) => request.includes('_STAN.sub.'));
  const url = `nats://127.0.0.1:${proxy.port}`;
  const broker = createBroker({ url, clusterId, clientIdPrefix: 'test', logger, timeoutMs: 1_000 });
  try {
    broker.consume(uniqueName(), options, () => undefined);
    await lost;
    await waitFor(() => lines.some(({ msg }) => msg === 'connected to NATS Streaming'));
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 40, msg: 'NATS Streaming did not answer to a subscription' }),
    );
    expect(lines.filter(({ level }) => level > 40)).toEqual([]);
  } finally {
    await broker.close();
    await proxy.close();
  }
});
