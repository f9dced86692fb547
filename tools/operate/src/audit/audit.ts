import { type Broker, sleep } from '@ticketing/common';
import type { Connection } from 'mongoose';
import { checkDeadLetters, checkOutboxes, checkParked } from './checks/check-leftovers';
import { checkChannels } from './checks/check-channels';
import { checkPayments } from './checks/check-payments';
import { checkPromises, type Promised } from './checks/check-promises';
import { checkReplicas } from './checks/check-replicas';
import { checkReservations } from './checks/check-reservations';
import { checkStream, ownedBy } from './checks/check-stream';
import { readForgotten } from '../forget/forgotten';
import { groupBy } from './group-by';
import { readDocuments } from './read-documents';
import { readStream } from './read-stream';
import type { AuditReport } from './report';

export interface AuditOptions {
  /** Connections to the databases of the two services. */
  readonly tickets: Connection;
  readonly orders: Connection;
  /** Connected, to read the channels. */
  readonly broker: Broker;
  /** The clients' own log of their answers. */
  readonly promises?: readonly Promised[];
  /** Gets the number of messages read so far; each look begins at 1. */
  readonly onRead?: (messages: number) => void;
}

/**
 * Compares, document by document, what the two services, the stream and the clients hold. It only reads, and holds both
 * databases and all channels in memory. An event that is on its way meanwhile counts as a disagreement: see
 * `auditUntilQuiet`.
 * @throws what the database throws, or NotConnectedError: then nothing was compared
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { promises = [] } = options;
  const forgotten = await readForgotten([options.tickets, options.orders]);
  const [documents, stream] = await Promise.all([
    readDocuments(options.tickets, options.orders),
    readStream(options.broker, options.onRead, forgotten),
  ]);
  const { tickets, orders, refusals, replicas, parked, deadLetters, malformed } = documents;
  const paymentsOf = groupBy(stream.payments, ({ state }) => state.orderId);
  const historyOf = (id: string) =>
    [...(stream.events.get(id) ?? []), ...(paymentsOf.get(id) ?? [])].toSorted((a, b) => a.storedAt - b.storedAt);
  // Other traces of a malformed one, such as its events, would only be reported as having no owner.
  const unread = new Set(malformed.map(({ aggregateId }) => aggregateId));
  const found = [
    ...checkPromises(promises, { tickets, orders, refusals, historyOf }),
    ...checkReplicas(tickets, replicas),
    ...checkReservations(tickets, orders),
    ...checkPayments(
      stream.payments.filter(({ aggregateId }) => !unread.has(aggregateId)),
      documents,
      stream.beginOf('payment:created'),
    ),
    ...checkOutboxes(documents),
    ...checkParked(parked),
    ...checkDeadLetters(deadLetters),
    ...checkChannels(stream.broken),
    ...checkStream(ownedBy(documents), stream.events, {
      beginOf: (channel) => stream.beginOf(channel),
      hides: (channel) => stream.broken.some((broken) => broken.channel === channel),
    }),
  ];
  return {
    disagreements: [
      ...malformed,
      ...found.filter(({ aggregateId }) => aggregateId === undefined || !unread.has(aggregateId)),
    ],
    compared: {
      tickets: tickets.length,
      orders: orders.length,
      events: [...stream.events.values()].reduce((sum, events) => sum + events.length, 0),
      payments: new Set(stream.payments.map(({ aggregateId }) => aggregateId)).size,
      promises: promises.length,
    },
    forgotten: forgotten.size,
    historyOf,
  };
}

const LOOK_AGAIN_AFTER_MS = 200;

/** Looks again until nothing disagrees or `settleMs` have passed; returns the last result. @throws as `audit` does */
export async function auditUntilQuiet(
  options: AuditOptions,
  { settleMs }: { readonly settleMs: number },
): Promise<AuditReport> {
  const until = Date.now() + settleMs;
  for (;;) {
    const report = await audit(options);
    if (report.disagreements.length === 0 || Date.now() + LOOK_AGAIN_AFTER_MS > until) return report;
    await sleep(LOOK_AGAIN_AFTER_MS);
  }
}
