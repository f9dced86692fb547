import { freePort } from '../start/free-port';
import { cleanUpFixtures, temporaryDir } from '../testing/test-fixtures';
import { client, close, history, publish } from './client.test.helper';
import { startNats } from './start-nats';

afterEach(cleanUpFixtures);
const env = { ...process.env, NATS_URL: '' };

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
