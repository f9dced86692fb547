import { freePort, restartableBroker } from '@ticketing/servers';
import { createLogger } from '../runtime/logger';
import { sleep } from '../runtime/retry';
import { testServers, waitFor } from '@ticketing/testing';
import { createBroker } from './create-broker';
import type { NatsStreamingOptions } from './nats-streaming/nats-streaming-broker';
import { ENGINE_NAMES } from './engines';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const { engine, natsUrl: url, natsClusterId: clusterId } = testServers();
const NAME = ENGINE_NAMES[engine];
/** JetStream has no cluster id, so its errors do not speak of one. */
const hasClusterId = engine === 'streaming';

type Line = Record<string, string | number>;

function brokerWith(options: Partial<NatsStreamingOptions>) {
  const errors: Line[] = [];
  const write = (line: string) => void errors.push(JSON.parse(line) as Line);
  const logger = createLogger({ name: 'test', level: 'error', destination: { write } });
  const broker = createBroker({
    engine,
    url,
    clusterId,
    clientIdPrefix: 'test',
    logger,
    sayAwayAfterMs: 300,
    ...options,
  });
  cleanUps.push(() => broker.close());
  return { broker, errors };
}

test('a server that was never reached is one error, which says where and what to check, and no password', async () => {
  const dead = `127.0.0.1:${await freePort()}`;
  const before = Date.now();
  const { broker, errors } = brokerWith({ url: `nats://bob:secret@${dead},${dead}` });
  const since = broker.downSince();
  expect(since?.getTime()).toBeGreaterThanOrEqual(before);
  await waitFor(() => errors.length > 0);
  await sleep(1_000);
  expect(errors).toEqual([
    expect.objectContaining({
      ...{ url: `nats://${dead},nats://${dead}`, ...(hasClusterId && { clusterId }), since: since?.toISOString() },
      msg: expect.stringMatching(
        new RegExp(
          `^${NAME} was not reached since the start for 0\\.3 s: .*NATS_URL.*${hasClusterId ? 'NATS_CLUSTER_ID' : 'user'}.*network`,
        ),
      ),
    }),
  ]);
  expect(JSON.stringify(errors)).not.toContain('secret');
  expect(broker.downSince()).toEqual(since);
});

(hasClusterId ? test : test.skip)('a wrong cluster id is said in the same way', async () => {
  const { errors } = brokerWith({ clusterId: 'nonsense' });
  await waitFor(() => errors.length > 0);
  expect(errors[0]).toMatchObject({ clusterId: 'nonsense' });
});

test('a server that is there is no error; one that goes away is one for each time', async () => {
  const nats = await restartableBroker();
  cleanUps.push(() => nats.remove());
  // An outage shorter than this would be reported repeatedly.
  const { broker, errors } = brokerWith({ url: nats.url, clusterId: 'ticketing', sayAwayAfterMs: 5_000 });
  await waitFor(() => broker.isConnected());
  errors.splice(0);
  expect(broker.downSince()).toBeUndefined();
  await nats.down();
  await waitFor(() => broker.downSince());
  const since = broker.downSince();
  await waitFor(() => errors.length > 0, { timeoutMs: 60_000 });
  expect(errors[0]?.['msg']).toMatch(new RegExp(`^${NAME} has been away for 5 s`));
  expect(broker.downSince()).toEqual(since);
  await nats.up();
  await waitFor(() => broker.isConnected(), { timeoutMs: 30_000 });
  expect(broker.downSince()).toBeUndefined();
  expect(errors).toHaveLength(1);
}, 120_000);
