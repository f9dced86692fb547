import { type Broker, type ConsumeOptions, createBroker, type Message } from '@ticketing/common';
import { silentLogger, testServers, type TestServers, uniqueName } from '../test-servers';
import { waitFor } from '../wait-for';

/** Closing it fails with the first error that a callback of a subscription threw: else a test would not know of it. */
export interface TestBroker extends Broker {
  readonly failed: boolean;
}

/** A broker on the test server whose channels are its own. Resolves when it is connected; close it in the end. */
export async function testBroker(
  channelPrefix = `${uniqueName()}.`,
  logger = silentLogger(),
  { natsUrl, natsClusterId, engine = 'streaming' }: Omit<TestServers, 'mongoUrl'> = testServers(),
): Promise<TestBroker> {
  const options = {
    engine,
    url: natsUrl,
    clusterId: natsClusterId,
    clientIdPrefix: 'test',
    channelPrefix,
    logger,
    timeoutMs: 8_000,
  };
  const broker = createBroker(options);
  try {
    await waitFor(() => broker.isConnected(), { what: 'a connection to the broker' });
    return thatTells(broker);
  } catch (error) {
    await broker.close();
    throw error;
  }
}

function thatTells(broker: Broker): TestBroker {
  const thrown: unknown[] = [];
  const consume = (channel: string, options: ConsumeOptions, onMessage: (message: Message) => void) =>
    broker.consume(channel, options, (message) => {
      try {
        onMessage(message);
      } catch (error) {
        thrown.push(error);
        throw error;
      }
    });
  const close = async () => {
    await broker.close();
    if (thrown.length > 0) throw thrown[0];
  };
  return Object.create(broker, {
    consume: { value: consume },
    close: { value: close },
    failed: { get: () => thrown.length > 0 },
  }) as TestBroker;
}
