import type { EngineName } from './engines';
import { JetStreamBroker, type JetStreamBrokerOptions } from './jetstream/jetstream-broker';
import { NatsStreamingBroker, type NatsStreamingOptions } from './nats-streaming/nats-streaming-broker';
import type { Broker } from './port';

export interface CreateBrokerOptions extends NatsStreamingOptions, JetStreamBrokerOptions {
  /** Default `streaming`. JetStream has no cluster id. */
  readonly engine?: EngineName;
}

/**
 * The broker of this system, which begins to connect at once. This is the only place that knows its engine.
 * @throws NatsUrlError
 */
export function createBroker({ engine = 'streaming', ...options }: CreateBrokerOptions): Broker {
  return engine === 'jetstream' ? new JetStreamBroker(options) : new NatsStreamingBroker(options);
}
