import { freePort, startNats } from '@ticketing/servers';
import { silentLogger, startTcpProxy, testServers, waitFor } from '@ticketing/testing';
import { createBroker } from '../create-broker';
import type { Broker } from '../port';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function brokerAt(url: string, clusterId = testServers().natsClusterId): Broker {
  const broker = createBroker({ url, clusterId, clientIdPrefix: 'test', logger: silentLogger() });
  cleanUps.push(() => broker.close());
  return broker;
}

test('it finds the server that answers among several, wherever it is in the list', async () => {
  const [there, dead] = [new URL(testServers().natsUrl).host, `127.0.0.1:${await freePort()}`];
  for (const url of [`nats://${there},nats://${dead}`, `${dead},${dead} , ${there}\n`]) {
    const broker = brokerAt(url);
    await waitFor(() => broker.isConnected(), { what: url });
  }
});

test('when the server of a client is lost it goes on by the other one, and stays the same client', async () => {
  const one = await startTcpProxy(testServers().natsUrl);
  let connections = 0;
  const other = await startTcpProxy(testServers().natsUrl, () => {
    connections += 1;
    return () => undefined;
  });
  cleanUps.push(() => Promise.all([one.close(), other.close()]));
  const lines: string[] = [];
  const logger = silentLogger();
  logger.level = 'warn';
  logger.warn = (...words: unknown[]) => void lines.push(String(words.at(-1)));
  const broker = createBroker({
    url: `nats://127.0.0.1:${one.port},nats://127.0.0.1:${other.port}`,
    clusterId: testServers().natsClusterId,
    ...{ clientIdPrefix: 'test', logger },
  });
  cleanUps.push(() => broker.close());
  await waitFor(() => broker.isConnected());
  one.refuse = true;
  one.cut();
  await waitFor(() => connections > 0 && broker.isConnected());
  expect(lines).toEqual([]);
});

test.each([
  ['a user and a password', ['--user', 'b@b', '--pass', 'p:@#%, w'], 'nats://b%40b:p%3A%40%23%25%2C%20w@'],
  ['a token', ['--auth', 't:@#/'], 't%3A%40%23%2F@'],
])('%s with signs get in when they are encoded', async (_name, args, before) => {
  const nats = await startNats({ env: { ...process.env, NATS_URL: '' }, args });
  cleanUps.push(() => nats.kill());
  const broker = brokerAt(`${before}${new URL(nats.url).host}`, nats.clusterId);
  await waitFor(() => broker.isConnected());
  await broker.publish('test', 'text');
});
