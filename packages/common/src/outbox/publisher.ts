import { encodeEvent, type EventOf, type Subject } from '../events/contracts';
import type { Logger } from '../runtime/logger';
import type { Metrics } from '../runtime/metrics';
import { eventFacts } from '../tracing/event-facts';
import type { Broker } from '../broker/port';
import { PublishFailures } from './publish-failures';

/** Publishes events that keep their contract. */
export interface Publisher {
  /**
   * Resolves once the broker has stored the event.
   * @throws ContractError for an event that breaks its contract; NotConnectedError, or what the server said, otherwise:
   * then it may or may not have been stored, and publishing it again is right
   */
  publish<S extends Subject>(subject: S, event: EventOf<S>): Promise<void>;
  /**
   * Publishes an event as it is: one that was checked when it was recorded, perhaps by a newer version of this program, whose
   * optional fields this one does not know. @throws as `publish` does, ContractError excepted
   */
  forward(subject: string, event: object): Promise<void>;
  isConnected(): boolean;
  onConnected(callback: () => void): () => void;
}

/** Publishes on this bus, counts what the broker has stored and what failed, and warns of failures once a minute. */
export function createPublisher(bus: Broker, metrics: Metrics, logger: Logger): Publisher {
  const failures = new PublishFailures(metrics, logger);
  const send = async (subject: string, payload: string, id: string | undefined) => {
    try {
      await bus.publish(subject, payload, id === undefined ? {} : { id });
    } catch (error) {
      failures.add(subject, error);
      throw error;
    }
    metrics.eventsPublished.inc({ subject });
  };
  return {
    publish: async (subject, event) => send(subject, encodeEvent(subject, event), event.meta.id),
    forward: (subject, event) => send(subject, JSON.stringify(event), eventFacts(event).eventId),
    isConnected: () => bus.isConnected(),
    onConnected: (callback) => bus.onConnected(callback),
  };
}
