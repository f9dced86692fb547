import type { EngineName } from './engines';
import type * as JetStream from './jetstream/jetstream-broker';
import type { StateStream } from './jetstream/states/state-stream';
import type * as NatsStreaming from './nats-streaming/nats-streaming-broker';
import type { Broker } from './port';

export { type AggregateState, type StatesReach, type StateStream } from './jetstream/states/state-stream';

export interface CreateBrokerOptions extends NatsStreaming.NatsStreamingOptions, JetStream.JetStreamBrokerOptions {
  /** Default `streaming`. JetStream has no cluster id. */
  readonly engine?: EngineName;
}

/**
 * The broker of this system, which begins to connect at once. This is the only place that knows its engine.
 * @throws NatsUrlError
 */
export function createBroker({ engine = 'streaming', ...options }: CreateBrokerOptions): Broker {
  // Only the client of this engine is loaded: that of JetStream takes 20 ms of CPU time and 1 MB.
  /* eslint-disable @typescript-eslint/no-require-imports */
  if (engine === 'jetstream') {
    const { JetStreamBroker } = require('./jetstream/jetstream-broker') as typeof JetStream;
    return new JetStreamBroker(options);
  }
  const { NatsStreamingBroker } = require('./nats-streaming/nats-streaming-broker') as typeof NatsStreaming;
  return new NatsStreamingBroker(options);
  /* eslint-enable @typescript-eslint/no-require-imports */
}

/** The states of the aggregates of a kind, such as `ticket`, where the engine can keep them: on JetStream. */
export function statesOf(broker: Broker, aggregate: string): StateStream | undefined {
  return 'states' in broker ? (broker as JetStream.JetStreamBroker).states(aggregate) : undefined;
}
