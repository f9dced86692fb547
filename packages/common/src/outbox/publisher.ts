import { encodeEvent, type EventOf, type Subject } from '../events/contracts';
import type { Logger } from '../runtime/logger';
import type { Metrics } from '../runtime/metrics';
import { eventFacts } from '../tracing/event-facts';
import type { Broker, PublishOptions } from '../broker/port';
import { PublishFailures } from './publish-failures';

/** Publishes events that fulfil their contract. */
export interface Publisher {
  /**
   * Resolves once the broker has stored the event.
   * @throws ContractError for an event that breaks its contract; otherwise NotConnectedError or the server's error.
   * Then the event may or may not be stored, so publish it again
   */
  publish<S extends Subject>(subject: S, event: EventOf<S>): Promise<void>;
  /**
   * Publishes an event unchanged. It was checked when it was recorded, perhaps by a newer version of this program with
   * optional fields that this version does not know. @throws like `publish`, without ContractError
   */
  forward(subject: string, event: object): Promise<void>;
  isConnected(): boolean;
  onConnected(callback: () => void): () => void;
}

/** Publishes on this broker, counts stored and failed events, and warns about failures once a minute. */
export function createPublisher(broker: Broker, metrics: Metrics, logger: Logger): Publisher {
  const failures = new PublishFailures(metrics, logger);
  const send = async (subject: string, payload: string, options: PublishOptions) => {
    try {
      await broker.publish(subject, payload, options);
    } catch (error) {
      failures.add(subject, error);
      throw error;
    }
    metrics.eventsPublished.inc({ subject });
  };
  return {
    publish: async (subject, event) =>
      send(subject, encodeEvent(subject, event), { id: event.meta.id, aggregate: event.id }),
    forward: (subject, event) => {
      const { eventId, aggregateId } = eventFacts(event);
      return send(subject, JSON.stringify(event), { id: eventId, aggregate: aggregateId });
    },
    isConnected: () => broker.isConnected(),
    onConnected: (callback) => broker.onConnected(callback),
  };
}
