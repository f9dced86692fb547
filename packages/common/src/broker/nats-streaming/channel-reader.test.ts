import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsOptions, startNats } from '@ticketing/servers';
import { sleep } from '../../runtime/retry';
import { silentLogger, startTcpProxy, testBus, waitFor } from '@ticketing/testing';
import type { Message } from '../port';
import { ChannelReader, messagesHeld } from './channel-reader';
import { NoAnswerError } from './nats-errors';
import { NatsStreamingBus } from './nats-streaming-bus';

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function opened(bus: NatsStreamingBus): NatsStreamingBus {
  cleanups.push(() => bus.close());
  return bus;
}

async function ownNats(options: NatsOptions = {}) {
  const nats = await startNats({ ...options, env: { ...process.env, NATS_URL: '' } });
  cleanups.push(() => nats.stop());
  return nats;
}

/** A bus on a server of its own, whose answers can be swallowed. */
async function silenceable(timeoutMs: number) {
  const nats = await ownNats();
  const proxy = await startTcpProxy(nats.url);
  cleanups.push(() => proxy.close());
  const options = { clusterId: nats.clusterId, clientIdPrefix: 'reader', logger: silentLogger(), timeoutMs };
  const bus = opened(new NatsStreamingBus({ url: `nats://127.0.0.1:${proxy.port}`, ...options }));
  await waitFor(() => bus.isConnected());
  return { nats, proxy, bus };
}

test('it reads what there is, more than is in hand at once, and what comes while it reads', async () => {
  const bus = opened(await testBus());
  await Promise.all(numbers(1, 600).map((n) => bus.publish('channel', `${n}`)));
  const read: number[] = [];
  const reader = new ChannelReader({ bus, channel: 'channel', handle: ({ sequence }) => void read.push(sequence) });
  expect(await reader.caughtUp()).toBe(600);
  expect(read).toEqual(numbers(1, 600));

  await Promise.all(numbers(601, 620).map((n) => bus.publish('channel', `${n}`)));
  expect(await reader.caughtUp()).toBe(620);
  expect(read).toEqual(numbers(1, 620));
  await reader.close();
});

test('an empty channel is read at once', async () => {
  const bus = opened(await testBus());
  const reader = new ChannelReader({ bus, channel: 'empty', handle: () => undefined });
  expect(await reader.caughtUp()).toBe(0);
  await reader.close();
});

test('caughtUp waits for what is being handled, and throws what a handler threw', async () => {
  const bus = opened(await testBus());
  await bus.publish('channel', 'slow');
  let finish: () => void = () => undefined;
  const handle = ({ payload }: Message) => {
    if (payload !== 'slow') throw new Error(`cannot read ${payload}`);
    return new Promise<void>((resolve) => (finish = resolve));
  };
  const reader = new ChannelReader({ bus, channel: 'channel', handle });
  let done = false;
  const reading = reader.caughtUp().then(() => (done = true));
  await bus.newest('channel');
  expect(done).toBe(false);
  finish();
  await reading;

  await bus.publish('channel', 'bad');
  await expect(reader.caughtUp()).rejects.toThrow('cannot read bad');
  await reader.close();
});

test.each(['newest', 'oldest'] as const)(
  'a server that hangs is no empty channel: %s rejects, and names it',
  async (which) => {
    const { proxy, bus } = await silenceable(1_000);
    await bus.publish('channel', 'one');
    expect(await bus[which]('channel')).toMatchObject({ sequence: 1 });
    expect(await bus[which]('empty')).toBeUndefined();

    proxy.swallowReplies = true;
    const silence = `does not say what the ${which} message of channel is`;
    await expect(bus[which]('channel')).rejects.toThrow(silence);
    await expect(messagesHeld(bus, ['channel'])).rejects.toThrow(NoAnswerError);
    const reader = new ChannelReader({ bus, channel: 'channel', handle: () => undefined });
    await expect(reader.caughtUp()).rejects.toThrow(NoAnswerError);
  },
);

test('a server that falls silent once the subscription is made is no empty channel', async () => {
  const { nats, proxy, bus } = await silenceable(2_000);
  const looking = expect(bus.newest('channel')).rejects.toThrow(NoAnswerError);
  await waitFor(async () => {
    const channels = await fetch(`${nats.monitorUrl}/streaming/channelsz?channel=channel&subs=1`);
    return (await channels.text()).includes('"subscriptions"');
  });
  await sleep(100); // the answer is on its way
  proxy.swallowReplies = true;
  await looking;
});

test('what comes after the newest message is not waited for', async () => {
  const bus = opened(await testBus());
  await bus.publish('channel', 'one');
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let handled = 0;
  const handle = ({ sequence }: Message) => {
    handled += 1;
    return sequence === 1 ? undefined : held;
  };
  const first = await bus.newest('channel');
  const stale = Object.create(bus, { newest: { value: () => Promise.resolve(first) } }) as typeof bus;
  const reader = new ChannelReader({ bus: stale, channel: 'channel', handle });
  await bus.publish('channel', 'two');
  await waitFor(() => handled === 2);
  expect(await reader.caughtUp()).toBe(1);
  letGo();
  await reader.close();
});

test('it leaves nothing on the server, and reads all again when the server was away', async () => {
  const nats = await ownNats();
  const options = { url: nats.url, clusterId: nats.clusterId, clientIdPrefix: 'reader', logger: silentLogger() };
  const bus = opened(new NatsStreamingBus(options));
  await waitFor(() => bus.isConnected());
  await Promise.all(numbers(1, 3).map((n) => bus.publish('channel', `${n}`)));
  const read: string[] = [];
  const reader = new ChannelReader({ bus, channel: 'channel', handle: ({ payload }) => void read.push(payload) });
  expect(await reader.caughtUp()).toBe(3);

  await nats.kill();
  const port = Number(new URL(nats.url).port);
  const another = await ownNats({ port });
  await waitFor(() => bus.publish('channel', 'of the new store').then(() => true), { timeoutMs: 30_000 });
  await waitFor(async () => (await reader.caughtUp()) === 1, { timeoutMs: 30_000 });
  expect(read).toEqual(['1', '2', '3', 'of the new store']);

  await reader.close();
  const answer = await fetch(`${another.monitorUrl}/streaming/channelsz?channel=channel&subs=1`);
  expect(await answer.json()).not.toHaveProperty('subscriptions'); // the server leaves the field out where there are none
});

test('a server that answers, and does not deliver what it has, is an error that says what', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'undelivered-'));
  cleanups.push(() => Promise.resolve(rmSync(dataDir, { recursive: true })));
  const first = await ownNats({ dataDir });
  const publisher = opened(await testBus('', undefined, { natsUrl: first.url, natsClusterId: first.clusterId }));
  for (const n of numbers(1, 6)) await publisher.publish('channel', `message ${n}`);
  await first.kill();
  // A message that was damaged on the disk, in the middle of the channel: neither it nor what follows is delivered.
  const file = join(dataDir, 'nats-streaming', 'channel', 'msgs.1.dat');
  const messages = readFileSync(file);
  messages.write('X', messages.indexOf('message 3'));
  writeFileSync(file, messages);

  const second = await ownNats({ dataDir });
  const bus = opened(await testBus('', undefined, { natsUrl: second.url, natsClusterId: second.clusterId }));
  const read: number[] = [];
  const reader = new ChannelReader({ bus, channel: 'channel', handle: ({ sequence }) => void read.push(sequence) });
  await expect(reader.caughtUp()).rejects.toMatchObject({
    ...{ name: 'UndeliveredError', from: 3, to: 6 },
    message: expect.stringContaining('does not deliver the messages 3 to 6 of channel: its store hides them'),
  });
  expect(read).toEqual([1, 2]);
  await reader.close();
}, 60_000);
