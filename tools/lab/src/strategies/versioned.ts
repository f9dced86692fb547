import { Consumer, createLogger, createMetrics, type Replica, replica } from '@ticketing/common';
import type { Tickets } from '../story/tickets';
import { CHANNEL } from './listen';
import type { Strategy } from './strategy';

/**
 * The listener that the services use: version N+1 goes on N, an early event is parked in the copy and acked, a
 * repeated one is acked and nothing else.
 */
export const versioned: Strategy = {
  name: 'versioned',
  title: 'Versioned listener of @ticketing/common',
  price: 'every event carries a version; an early one costs two more writes',
  async join({ broker, connection, group, tickets, maxInFlight, ackWaitMs }) {
    const consumer = await Consumer.start({
      broker,
      connection,
      queueGroup: group,
      listeners: [replicaOf(tickets)],
      settings: {
        ...{ ackWaitMs, maxInFlight, concurrency: 16, maxAttempts: 5 },
        ...{ gapPatienceMs: 60_000, sweepMs: 100 },
      },
      logger: createLogger({ name: 'lab', level: 'silent' }),
      metrics: createMetrics('lab'),
    });
    return () => consumer.drain();
  },
  held: ({ tickets }) => tickets.parked(),
};

function replicaOf(tickets: Tickets): Replica {
  return replica({
    subjects: [CHANNEL],
    collection: 'tickets',
    async state(event) {
      await tickets.handling(event);
      return { price: event.price, occurredAt: event.meta.occurredAt };
    },
    push: (event) => ({ ledger: tickets.entry(event) }),
  });
}
