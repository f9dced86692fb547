import { type Message, NatsStreamingBus } from '@ticketing/common';
import { silentLogger, testServers, type TestServers, uniqueName } from '../test-servers';
import { waitFor } from '../wait-for';

/** Closing it fails with the first error that a callback of a subscription threw: else a test would not know of it. */
class TestBus extends NatsStreamingBus {
  private readonly thrown: unknown[] = [];

  get failed(): boolean {
    return this.thrown.length > 0;
  }

  override async close(): Promise<void> {
    await super.close();
    if (this.failed) throw this.thrown[0];
  }

  protected override callbackThrew(error: unknown, message: Message): void {
    super.callbackThrew(error, message);
    this.thrown.push(error);
  }
}

/** A bus on the test server whose channels are its own. Resolves when it is connected; close it in the end. */
export async function testBus(
  channelPrefix = `${uniqueName()}.`,
  logger = silentLogger(),
  { natsUrl, natsClusterId }: Pick<TestServers, 'natsUrl' | 'natsClusterId'> = testServers(),
): Promise<TestBus> {
  const options = { url: natsUrl, clusterId: natsClusterId, clientIdPrefix: 'test', channelPrefix, logger };
  const bus = new TestBus(options);
  try {
    await waitFor(() => bus.isConnected(), { what: 'a connection to NATS Streaming' });
    return bus;
  } catch (error) {
    await bus.close();
    throw error;
  }
}
