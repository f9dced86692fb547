import type { Broker } from './port';
import { NatsStreamingBroker, type NatsStreamingOptions } from './nats-streaming/nats-streaming-broker';

/**
 * The broker of this system, which begins to connect at once. This is the only place that knows its engine.
 * @throws NatsUrlError
 */
export function createBroker(options: NatsStreamingOptions): Broker {
  return new NatsStreamingBroker(options);
}
