import type { DeadLetter } from '@ticketing/common';
import type { Connection, mongo } from 'mongoose';
import type { z } from 'zod';
import {
  type Documents,
  type Held,
  orderDocument,
  refusalDocument,
  type ReplicaDocument,
  ticketDocument,
} from './documents';
import type { Disagreement } from './report';

/** Reads both databases into memory, by plain finds. */
export async function readDocuments(tickets: Connection, orders: Connection): Promise<Documents> {
  const ofBoth = async <T extends object>(collection: string): Promise<Held<T>[]> => {
    const [fromTickets, fromOrders] = await Promise.all([all<T>(tickets, collection), all<T>(orders, collection)]);
    return [
      ...fromTickets.map((document) => ({ service: 'tickets' as const, document })),
      ...fromOrders.map((document) => ({ service: 'orders' as const, document })),
    ];
  };
  const [sold, ordered, refused, copies, deadLetters] = await Promise.all([
    all<Raw>(tickets, 'tickets'),
    all<Raw>(orders, 'orders'),
    all<Raw>(orders, 'payment_refusals'),
    all<ReplicaDocument & Inbox>(orders, 'tickets'),
    ofBoth<DeadLetter>('dead_letters'),
  ]);
  const [ownTickets, ownOrders] = [sift('ticket', ticketDocument, sold), sift('order', orderDocument, ordered)];
  const refusals = sift('refusal', refusalDocument, refused);
  return {
    ...{ tickets: ownTickets.good, orders: ownOrders.good, refusals: refusals.good, deadLetters },
    replicas: copies.filter(({ version, ended }) => version >= 0 && !ended),
    parked: copies.flatMap(({ _id, parked = [] }) =>
      parked.map(({ version, from }) => ({
        service: 'orders' as const,
        document: { aggregateId: String(_id), version, subject: from.channel },
      })),
    ),
    malformed: [...ownTickets.malformed, ...ownOrders.malformed, ...refusals.malformed],
  };
}

/** What waits in a replica. */
interface Inbox {
  /** No state is left. */
  readonly ended?: boolean;
  readonly parked?: readonly { readonly version: number; readonly from: { readonly channel: string } }[];
}

interface Raw {
  readonly _id: unknown;
}

/** One damaged document must not prevent the comparison of the others. */
function sift<T>(
  what: string,
  schema: z.ZodType<T>,
  documents: readonly Raw[],
): { good: T[]; malformed: Disagreement[] } {
  const [good, malformed]: [T[], Disagreement[]] = [[], []];
  for (const document of documents) {
    const { success, data, error } = schema.safeParse(document);
    if (success) {
      good.push(data);
      continue;
    }
    const aggregateId = String(document._id);
    const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    malformed.push({ kind: 'malformed', aggregateId, message: `${what} ${aggregateId} is malformed: ${problems}` });
  }
  return { good, malformed };
}

async function all<T extends object>(connection: Connection, collection: string): Promise<T[]> {
  return (await connection.collection<mongo.BSON.Document>(collection).find().toArray()) as unknown as T[];
}
