import { type Broker, type ConsumeOptions, createBroker, type Message, type Subscription } from '@ticketing/common';
import { silentLogger, testServers, type TestServers, uniqueName } from '../test-servers';
import { waitFor } from '../wait-for';

/** Closing it fails with the first error that a callback of a subscription threw: else a test would not know of it. */
export interface TestBroker extends Broker {
  readonly failed: boolean;
  /**
   * Resolves when it delivers to each of its subscriptions. NATS Streaming sends a message twice that comes while it
   * starts a durable subscription (server.go, performDurableRedelivery).
   */
  subscribed(): Promise<void>;
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
  const subscriptions: Subscription[] = [];
  const consume = (channel: string, options: ConsumeOptions, onMessage: (message: Message) => void) => {
    const subscription = broker.consume(channel, options, (message) => {
      try {
        onMessage(message);
      } catch (error) {
        thrown.push(error);
        throw error;
      }
    });
    subscriptions.push(subscription);
    return subscription;
  };
  const subscribed = async () => void (await Promise.all(subscriptions.map(({ ready }) => ready)));
  const close = async () => {
    await broker.close();
    if (thrown.length > 0) throw thrown[0];
  };
  return Object.create(broker, {
    consume: { value: consume },
    close: { value: close },
    subscribed: { value: subscribed },
    failed: { get: () => thrown.length > 0 },
  }) as TestBroker;
}
