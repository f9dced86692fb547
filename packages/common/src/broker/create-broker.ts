import type { EngineName } from './engines';
import { JetStreamBroker, type JetStreamBrokerOptions } from './jetstream/jetstream-broker';
import type { StateStream } from './jetstream/states/state-stream';
import { NatsStreamingBroker, type NatsStreamingOptions } from './nats-streaming/nats-streaming-broker';
import type { Broker } from './port';

export { type AggregateState, type StatesReach, type StateStream } from './jetstream/states/state-stream';

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

/** The states of the aggregates of a kind, such as `ticket`, where the engine can keep them: on JetStream. */
export function statesOf(broker: Broker, aggregate: string): StateStream | undefined {
  return broker instanceof JetStreamBroker ? broker.states(aggregate) : undefined;
}
