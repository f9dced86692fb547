import { freePort, startJetStream } from '@ticketing/servers';
import { openUntil } from '@ticketing/testing';
import { givenServersAnswer } from './given-servers';

const { TEST_MONGO_URI = '', TEST_NATS_URL = '', TEST_NATS_CLUSTER_ID = '' } = process.env;
const open = openUntil(afterEach);
const nothing = () => Promise.resolve();
const mongoAt = (url: string, pid?: number) => ({
  ...{ url, pid, source: 'given', stop: nothing, kill: nothing, exited: new Promise<void>(() => undefined) },
  again: () => Promise.reject(new Error('it is given')),
});
const nobody = async (scheme: string) => `${scheme}://127.0.0.1:${await freePort()}`;
const mongo = mongoAt(TEST_MONGO_URI);
const nats = { url: TEST_NATS_URL, pid: undefined, clusterId: TEST_NATS_CLUSTER_ID };

test('servers that answer are no problem; on JetStream neither is one without a stream', async () => {
  await givenServersAnswer({ mongo, nats }, 'streaming');
  const { url } = open(await startJetStream(), (server) => server.stop());
  await givenServersAnswer({ mongo, nats: { ...nats, url } }, 'jetstream');
});

test('a MongoDB that nobody answers, and a broker of another cluster, are said with what to do', async () => {
  const away = mongoAt(await nobody('mongodb'));
  await expect(givenServersAnswer({ mongo: away, nats }, 'streaming', 10_000)).rejects.toThrow(
    /^MongoDB does not answer at mongodb:\/\/\S*127.* \(.*ECONNREFUSED.*\)\. Start it there, or correct MONGO_URI; without MONGO_URI npm/,
  );
  await expect(
    givenServersAnswer({ mongo, nats: { ...nats, clusterId: 'another' } }, 'streaming', 4_000),
  ).rejects.toThrow(
    /^NATS Streaming \(cluster id another\) does not answer at nats:\S+\. Start it there, or correct NATS_URL/,
  );
});

test('what was started here is not asked', async () => {
  const url = await nobody('nats');
  await givenServersAnswer({ mongo: mongoAt(url, 1), nats: { ...nats, url, pid: 1 } }, 'streaming', 1);
});
