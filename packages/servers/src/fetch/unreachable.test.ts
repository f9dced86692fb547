import { startMongo, startNats } from '..';
import { cleanUpFixtures, httpFixture, temporaryDir } from '../testing/test-fixtures';

afterEach(cleanUpFixtures);

test('no connection: the next choice after 10 s, saying so; and at once at the next start', async () => {
  const { url, asked } = await httpFixture(() => 'never');
  const env: NodeJS.ProcessEnv = {
    PATH: temporaryDir(),
    TICKETING_CACHE: temporaryDir(),
    TICKETING_MONGOD_MIRROR: url,
    TICKETING_NATS_MIRROR: url,
  };
  const both = () => Promise.allSettled([startMongo({ env }), startNats({ env })]);
  const reasons = async () => (await both()).map((one) => String((one as PromiseRejectedResult).reason));

  const started = Date.now();
  for (const reason of await reasons()) expect(reason).toMatch(/downloaded: .*no connection within 10 s\n/);
  expect(Date.now() - started).toBeGreaterThan(9_900);
  expect(Date.now() - started).toBeLessThan(25_000);
  expect(asked).toHaveLength(2);

  const again = Date.now();
  for (const reason of await reasons()) expect(reason).toContain('at once with TICKETING_RETRY_DOWNLOADS=1');
  expect(Date.now() - again).toBeLessThan(9_000);
  expect(asked).toHaveLength(2);

  const refused = { TICKETING_MONGOD_MIRROR: 'http://127.0.0.1:1', TICKETING_NATS_MIRROR: 'http://127.0.0.1:1' };
  Object.assign(env, refused, { TICKETING_RETRY_DOWNLOADS: '1' });
  for (const reason of await reasons()) expect(reason).toMatch(/downloaded: .*(ECONNREFUSED|fetch failed|bad port)/s);
});
