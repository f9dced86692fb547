import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { connect as connectStan } from 'node-nats-streaming';
import { testServers, type TestServers, uniqueName } from '../test-servers';

/** A publisher that is not of this system: it uses the plain client of the engine. */
export interface ForeignPublisher {
  /** Resolves once the server has acked it. */
  publish(channel: string, payload: string | Buffer): Promise<void>;
  close(): Promise<void>;
}

export async function foreignPublisher(
  { natsUrl, natsClusterId, engine }: Omit<TestServers, 'mongoUrl'> = testServers(),
): Promise<ForeignPublisher> {
  return engine === 'jetstream' ? onJetStream(natsUrl) : onStreaming(natsUrl, natsClusterId);
}

async function onJetStream(url: string): Promise<ForeignPublisher> {
  const nats = await connect({ servers: url, reconnect: false });
  // The subjects are those of docs/decisions/0016: a publisher that knows no aggregate has `_` instead.
  const publish = async (channel: string, payload: string | Buffer) => {
    const [owner = '', event = '_'] = channel.split(':').map((name) => name.replaceAll('.', '%2E'));
    await jetstream(nats).publish(`ticketing.${owner}._.${event}`, payload);
  };
  return { publish, close: () => nats.close() };
}

async function onStreaming(url: string, clusterId: string): Promise<ForeignPublisher> {
  const stan = connectStan(clusterId, uniqueName(), { url });
  await new Promise((resolve, reject) => stan.once('connect', resolve).once('error', reject));
  const publish = (channel: string, payload: string | Buffer) =>
    new Promise<void>((resolve, reject) => {
      stan.publish(channel, payload, (error) => (error ? reject(error) : resolve()));
    });
  const close = async () => {
    await new Promise((resolve) => {
      stan.once('close', resolve);
      stan.close();
    });
  };
  return { publish, close };
}
