import { connect, type Stan } from 'node-nats-streaming';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port';
import { cleanUpFixtures, temporaryDir } from '../test-fixtures';
import { startNats, type RunningNats } from './start-nats';

afterEach(cleanUpFixtures);
const env = { ...process.env, NATS_URL: '' };

async function client(nats: RunningNats, id: string): Promise<Stan> {
  const stan = connect(nats.clusterId, id, { url: nats.url, reconnect: false });
  // The crash of the server is part of the test.
  stan.on('error', () => undefined);
  await new Promise((resolve) => stan.once('connect', resolve));
  return stan;
}

const publish = (stan: Stan, channel: string, data: string) =>
  new Promise<void>((resolve, reject) => stan.publish(channel, data, (error) => (error ? reject(error) : resolve())));

async function close(stan: Stan): Promise<void> {
  const closed = new Promise((resolve) => stan.once('close', resolve));
  stan.close();
  await closed;
}

async function history(stan: Stan, channel: string, atLeast: number): Promise<string[]> {
  const got: string[] = [];
  const options = stan.subscriptionOptions().setDeliverAllAvailable();
  stan.subscribe(channel, options).on('message', (message: { getData(): string }) => got.push(message.getData()));
  for (let waited = 0; got.length < atLeast && waited < 5_000; waited += 20) await sleep(20);
  // One that is too many would come now.
  await sleep(100);
  return got;
}

test('on a file store, what was acked is there after SIGKILL and a new start on the same port', async () => {
  const options = { dataDir: temporaryDir(), port: await freePort(), env };
  const first = await startNats(options);
  const before = await client(first, 'before');
  const sent = Array.from({ length: 50 }, (_, n) => `message ${n}`);
  for (const data of sent) await publish(before, 'kept', data);
  const lost = new Promise((resolve) => before.once('close', resolve));
  await first.kill();
  await lost;

  const second = await startNats(options);
  expect(second.url).toBe(first.url);
  const after = await client(second, 'after');
  expect(await history(after, 'kept', 50)).toEqual(sent);
  await close(after);
  await second.stop();
});

test('limits and heartbeats are set on purpose, and given options win', async () => {
  const nats = await startNats({ env, clusterId: 'limited', args: ['-mm', '10'] });
  const stan = await client(nats, 'limits');
  // The server's own default refuses the 101st channel.
  for (let n = 0; n < 120; n++) await publish(stan, `channel.${n}`, 'x');
  for (let n = 0; n < 15; n++) await publish(stan, 'short', `${n}`);
  expect(await history(stan, 'short', 10)).toEqual(['5', '6', '7', '8', '9', '10', '11', '12', '13', '14']);
  const state = await (await fetch(`${nats.monitorUrl}/streaming/serverz`)).json();
  expect(state).toMatchObject({ cluster_id: 'limited', channels: 121, state: 'STANDALONE' });
  await close(stan);
  await nats.stop();
});
