import type { Broker } from './port';
import { NatsStreamingBroker, type NatsStreamingOptions } from './nats-streaming/nats-streaming-broker';

/**
 * The broker that this system runs on, which begins to connect at once: the one place that knows which engine that is.
 * @throws NatsUrlError
 */
export function createBroker(options: NatsStreamingOptions): Broker {
  return new NatsStreamingBroker(options);
}
