import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectedWithin, createBroker, createLogger } from '@ticketing/common';
import { smallDisk, startBroker } from '@ticketing/servers';
import { openUntil, waitFor } from '@ticketing/testing';
import { Breakable } from '../console/breakable';
import { loopbackIsFree } from '../ingress/loopback-free';
import { keepServer, STUCK_WHEN } from './kept-server';

jest.setTimeout(240_000);
const IN_TIME = { timeoutMs: 90_000 };
const open = openUntil(afterEach);
const nothing = () => undefined;
const ownNats = () => startBroker('streaming', { env: { ...process.env, NATS_URL: '' } });
const isServed = (port: number) =>
  loopbackIsFree(port).then(
    () => false,
    () => true,
  );

test('JetStream whose disk was full is started again, and stores when there is space', async () => {
  const disk = smallDisk(64);
  if (!disk) return;
  const lines: string[] = [];
  const start = (output: (text: string) => void) =>
    startBroker('jetstream', { dataDir: join(disk.dir, 'jetstream'), output });
  const kept = await keepServer('JetStream', start, (line) => lines.push(line), STUCK_WHEN.jetstream);
  const broker = createBroker({
    ...{ engine: 'jetstream', url: kept.first.url, clusterId: '', clientIdPrefix: 'disk' },
    ...{ logger: createLogger({ name: 'disk', level: 'silent' }), timeoutMs: 1_000 },
  });
  const isStored = (payload: string) =>
    broker.publish('disk', payload).then(
      () => true,
      () => false,
    );
  try {
    expect(await connectedWithin(broker, IN_TIME.timeoutMs)).toBe(true);
    await waitFor(() => isStored('before'), { ...IN_TIME, what: 'the first message to be stored' });
    disk.fill();
    await waitFor(async () => !(await isStored('x'.repeat(10_000))), { ...IN_TIME, what: 'the disk to be full' });
    await waitFor(() => lines.length > 0, { ...IN_TIME, what: 'a word about it' });
    disk.free();
    await waitFor(() => isStored('after'), { ...IN_TIME, what: 'a message to be stored' });
    expect(lines[0]).toMatch(/^JetStream takes nothing any more: .*no space left on device.* It is started again\.$/);
  } finally {
    await broker.close();
    await kept.kill();
    disk.remove();
  }
});

test('a server that somebody ended is not started again until it is asked for, at its address', async () => {
  const lines: string[] = [];
  const start = (output: (text: string) => void) =>
    startBroker('streaming', { output, env: { ...process.env, NATS_URL: '' } });
  const kept = await keepServer('NATS Streaming', start, (line) => lines.push(line));
  const { clusterId, url } = kept.first;
  const logger = createLogger({ name: 'held', level: 'silent' });
  const broker = createBroker({ engine: 'streaming', url, clusterId, clientIdPrefix: 'held', logger });
  try {
    expect(await connectedWithin(broker, IN_TIME.timeoutMs)).toBe(true);
    for (const how of ['kill', 'stop'] as const) {
      const before = kept.pid();
      await kept.end(how);
      await waitFor(() => !broker.isConnected(), IN_TIME);
      await sleep(1_500); // three times the pause after which what ends by itself is started again
      expect([kept.pid(), broker.isConnected()]).toEqual([before, false]);
      await kept.start();
      expect(kept.pid()).not.toBe(before);
      await waitFor(() => broker.isConnected(), IN_TIME);
    }
    await kept.end('kill');
    await kept.stop();
    expect(lines).toEqual([]);
  } finally {
    await broker.close();
    await kept.kill();
  }
});

test('a start that fails leaves it stopped until it is asked for again, which is what the page says of it', async () => {
  const kept = open(await keepServer('NATS Streaming', ownNats, nothing), (opened) => opened.kill());
  const part = new Breakable('NATS Streaming', kept, nothing);
  const port = Number(new URL(kept.first.url).port);
  await part.act('kill');
  const other = open(createServer(), (opened) => opened.close());
  await once(other.listen(port, '127.0.0.1'), 'listening');
  await expect(part.act('start')).rejects.toThrow(String(port));
  await once(other.close(), 'close');
  await sleep(3_000); // three times the pause after which what ends by itself is started again
  expect([part.state, await isServed(port)]).toEqual(['stopped', false]);
  await part.act('start');
  expect([part.state, await isServed(port)]).toEqual(['running', true]);
});

test('one that is ended while it starts again by itself does not run afterwards, until it is asked for', async () => {
  let begin = nothing;
  let goOn = nothing;
  const begins = new Promise<void>((resolve) => (begin = () => void resolve()));
  const mayGoOn = new Promise<void>((resolve) => (goOn = () => void resolve()));
  const start = async () => {
    const server = await ownNats();
    const again = async () => {
      begin();
      await mayGoOn;
      return server.again();
    };
    return { ...server, again };
  };
  const kept = open(await keepServer('NATS Streaming', start, nothing), (opened) => opened.kill());
  const port = Number(new URL(kept.first.url).port);
  process.kill(kept.pid() ?? 0, 'SIGKILL');
  await begins;
  const ended = kept.end('kill');
  goOn();
  await ended;
  await sleep(1_500); // three times the first pause
  expect(await isServed(port)).toBe(false);
  await kept.start();
  expect(await isServed(port)).toBe(true);
});
