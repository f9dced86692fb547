import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { freePort } from '../start/free-port';
import { cleanUpFixtures, fakeServer, temporaryDir } from '../testing/test-fixtures';
import { startJetStream } from './start-jetstream';

afterEach(cleanUpFixtures);
const env = { ...process.env, NATS_URL: '' };

test('it is the version that is needed, syncs before each ack, and keeps what it acked over SIGKILL', async () => {
  const options = { dataDir: temporaryDir(), port: await freePort(), env };
  const first = await startJetStream(options);
  const before = await connect({ servers: first.url, reconnect: false });
  expect(before.info?.version).toMatch(/^2\.1[1-9]\./);
  const manager = await jetstreamManager(before);
  await manager.streams.add({ name: 'kept', subjects: ['kept'] });
  for (let n = 1; n <= 20; n++) await jetstream(before).publish('kept', `message ${n}`);
  const state: unknown = await (await fetch(`${first.monitorUrl}/jsz`)).json();
  expect(state).toMatchObject({ config: { sync_always: true }, messages: 20 });
  await first.kill();
  await before.closed();

  const second = await first.again();
  expect(second.url).toBe(first.url);
  const after = await connect({ servers: second.url, reconnect: false });
  expect((await (await jetstreamManager(after)).streams.info('kept')).state.messages).toBe(20);
  await after.close();
  await second.stop();
});

test('a program that is too old is passed over, and the message says so', async () => {
  const path = temporaryDir();
  fakeServer(path, 'nats-server', '2.9.10');
  const old = { PATH: path, TICKETING_CACHE: temporaryDir(), TICKETING_NATS_SERVER_MIRROR: 'http://127.0.0.1:1' };
  await expect(startJetStream({ env: old })).rejects.toThrow(
    /nats-server on PATH: .*nats-server is version 2\.9\.10, and 2\.11 is the oldest[\s\S]*install Go[\s\S]*JetStream could not be started/,
  );
});

test('a configuration that the server does not take is the reason, not the program', async () => {
  await expect(startJetStream({ env, config: 'no such thing { }' })).rejects.toThrow(/nats-server/);
});
