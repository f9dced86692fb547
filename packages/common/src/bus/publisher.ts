import { encodeEvent, type EventOf, type Subject } from '../events/contracts';
import type { Metrics } from '../metrics';
import type { Bus } from './bus';

/** Publishes events that keep their contract. */
export interface Publisher {
  /**
   * Resolves once NATS Streaming has stored the event.
   * @throws ContractError for an event that breaks its contract; NotConnectedError, or what the server said, otherwise:
   * then it may or may not have been stored, and publishing it again is right
   */
  publish<S extends Subject>(subject: S, event: EventOf<S>): Promise<void>;
  isConnected(): boolean;
  onConnected(callback: () => void): () => void;
}

export function createPublisher(bus: Bus, metrics: Metrics): Publisher {
  return {
    async publish(subject, event) {
      await bus.publish(subject, encodeEvent(subject, event));
      metrics.eventsPublished.inc({ subject });
    },
    isConnected: () => bus.isConnected(),
    onConnected: (callback) => bus.onConnected(callback),
  };
}
