import { createLogger } from '../../runtime/logger';
import { testBroker, testServers, uniqueName, waitFor, TestBed } from '@ticketing/testing';
import type { LogLine } from '../../consumer/consumer.test.helper';
import { createBroker } from '../create-broker';

const options = { group: 'group', ackWaitMs: 30_000, maxInFlight: 8 };

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A broker like that of a service, and its log. */
function loggingBroker() {
  const lines: LogLine[] = [];
  const logger = createLogger({
    ...{ name: 'test', level: 'info' },
    destination: { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) },
  });
  const { natsUrl: url, natsClusterId: clusterId } = testServers();
  const channelPrefix = `${uniqueName()}.`;
  const broker = createBroker({ url, clusterId, clientIdPrefix: 'test', channelPrefix, logger });
  cleanUps.push(() => broker.close());
  return { broker, lines };
}

test('in a test it is thrown when the broker is closed', async () => {
  const broker = await testBroker();
  let called = 0;
  broker.consume('ticket:created', options, () => {
    called += 1;
    throw new Error('cannot take this');
  });
  await broker.publish('ticket:created', '{}');
  await waitFor(() => called > 0);
  await expect(broker.close()).rejects.toThrow('cannot take this');
});

test('an event that breaks its contract fails the test that watches its channel', async () => {
  const bed = await TestBed.open();
  const broker = await testBroker(bed.channelPrefix);
  cleanUps.push(() => broker.close());
  bed.events('ticket:created');
  await broker.publish('ticket:created', '{"id":"none"}');
  await waitFor(() => bed.failed, { what: 'the watch to fail' });
  await expect(bed.close()).rejects.toThrow('on ticket:created');
  expect(bed.connection.readyState).toBe(0);
});

test('a callback of the connection that throws is named as such, and the others are called', async () => {
  const { broker, lines } = loggingBroker();
  let called = 0;
  broker.onConnected(() => {
    throw new Error('not my day');
  });
  broker.onConnected(() => void (called += 1));
  broker.consume('ticket:created', options, () => undefined);
  await waitFor(() => called === 1);
  expect(lines.filter(({ level }) => Number(level) > 30)).toMatchObject([
    { level: 50, msg: expect.stringContaining('onConnected') as string, err: { message: 'not my day' } },
  ]);
});
