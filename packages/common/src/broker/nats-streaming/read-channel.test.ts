import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsOptions, startNats } from '@ticketing/servers';
import { silentLogger, startTcpProxy, waitFor } from '@ticketing/testing';
import { createBroker } from '../create-broker';
import { NoAnswerError } from '../errors';
import type { Broker } from '../port';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function ownNats(options: NatsOptions = {}) {
  const nats = await startNats({ ...options, env: { ...process.env, NATS_URL: '' } });
  cleanups.push(() => nats.stop());
  return nats;
}

async function connected(url: string, timeoutMs = 5_000): Promise<Broker> {
  const options = { clusterId: 'ticketing', clientIdPrefix: 'reader', logger: silentLogger(), timeoutMs };
  const broker = createBroker({ url, ...options });
  cleanups.push(() => broker.close());
  await waitFor(() => broker.isConnected());
  return broker;
}

test('a server that falls silent once the subscription is made is no empty channel', async () => {
  const nats = await ownNats();
  let asked = 0;
  const proxy = await startTcpProxy(nats.url, () => (said) => {
    asked += said.toString('latin1').split('_STAN.sub.').length - 1;
    if (asked > 2) proxy.swallowReplies = true; // both edges were looked for once, and now again
  });
  cleanups.push(() => proxy.close());
  const broker = await connected(`nats://127.0.0.1:${proxy.port}`, 2_000);
  await expect(broker.extent('channel')).rejects.toThrow(NoAnswerError);
});

test('a reading leaves nothing on the server', async () => {
  const nats = await ownNats();
  const broker = await connected(nats.url);
  for (const payload of ['1', '2', '3']) await broker.publish('channel', payload);
  for await (const { payload } of broker.readAll('channel')) if (payload === '2') break;
  await waitFor(async () => {
    const answer = await fetch(`${nats.monitorUrl}/streaming/channelsz?channel=channel&subs=1`);
    expect(await answer.json()).not.toHaveProperty('subscriptions'); // the server leaves the field out where there are none
    return true;
  });
});

test('a server that answers, and does not deliver what it has, is an error that says what', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'undelivered-'));
  cleanups.push(() => Promise.resolve(rmSync(dataDir, { recursive: true })));
  const first = await ownNats({ dataDir });
  const publisher = await connected(first.url);
  for (let n = 1; n <= 6; n += 1) await publisher.publish('channel', `message ${n}`);
  await first.kill();
  // A message in the middle of the channel was damaged on the disk: neither it nor its successors are delivered.
  const file = join(dataDir, 'nats-streaming', 'channel', 'msgs.1.dat');
  const messages = readFileSync(file);
  messages.write('X', messages.indexOf('message 3'));
  writeFileSync(file, messages);

  const broker = await connected((await ownNats({ dataDir })).url);
  const read: number[] = [];
  const reading = (async () => {
    for await (const { sequence } of broker.readAll('channel')) read.push(sequence);
  })();
  await expect(reading).rejects.toMatchObject({
    ...{ name: 'UndeliveredError', from: 3, to: 6 },
    message: expect.stringContaining('does not deliver the messages 3 to 6 of channel: its store hides them'),
  });
  expect(read).toEqual([1, 2]);
}, 120_000);
