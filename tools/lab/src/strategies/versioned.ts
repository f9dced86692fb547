import { Consumer, createLogger, createMetrics, type AnyEvent, type Replica } from '@ticketing/common';
import type { PriceEvent } from '../story/story';
import type { Tickets } from '../story/tickets';
import { CHANNEL } from './listen';
import type { Strategy } from './strategy';

/**
 * The listener that the services use: version N+1 goes on N, an early event is parked in the database and acked, a
 * repeated one is acked and nothing else.
 */
export const versioned: Strategy = {
  name: 'versioned',
  title: 'Versioned listener of @ticketing/common',
  price: 'every event carries a version; an early one costs two more writes',
  async join({ bus, connection, group, tickets, maxInFlight, ackWaitMs }) {
    const consumer = await Consumer.start({
      bus,
      connection,
      queueGroup: group,
      listeners: [{ subject: CHANNEL, ordering: 'in-order', replica: replicaOf(tickets) }],
      settings: {
        ...{ ackWaitMs, maxInFlight, concurrency: 16, maxAttempts: 5 },
        ...{ gapPatienceMs: 60_000, sweepMs: 100 },
      },
      logger: createLogger({ name: 'lab', level: 'silent' }),
      metrics: createMetrics('lab'),
    });
    return () => consumer.drain();
  },
  async held({ connection, group }) {
    const parked = await connection.collection('parked_events').find({ group }).toArray();
    return parked.map(({ aggregateId, version }) => ({ id: String(aggregateId), version: Number(version) }));
  },
};

/** Writes the event's whole state, if the copy is at the version that it must follow. */
function replicaOf(tickets: Tickets): Replica<AnyEvent> {
  return {
    async versionOf(id) {
      const { version } = await tickets.read(id);
      return version < 0 ? undefined : version;
    },
    apply(event, expected) {
      const { price } = event as PriceEvent;
      const version = 'below' in expected ? { $lt: expected.below } : (expected.exactly ?? -1);
      return tickets.write(event as PriceEvent, price, { onlyIf: { version } });
    },
  };
}
