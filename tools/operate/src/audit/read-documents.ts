import type { DeadLetter } from '@ticketing/common';
import type { Connection, mongo } from 'mongoose';
import type { Documents, Held, OrderDocument, ParkedDocument, ReplicaDocument, TicketDocument } from './documents';

/** Reads both databases into memory, by plain finds. */
export async function readDocuments(tickets: Connection, orders: Connection): Promise<Documents> {
  const ofBoth = async <T extends object>(collection: string): Promise<Held<T>[]> => {
    const [fromTickets, fromOrders] = await Promise.all([all<T>(tickets, collection), all<T>(orders, collection)]);
    return [
      ...fromTickets.map((document) => ({ service: 'tickets' as const, document })),
      ...fromOrders.map((document) => ({ service: 'orders' as const, document })),
    ];
  };
  const [owned, ordered, replicas, parked, deadLetters] = await Promise.all([
    all<TicketDocument>(tickets, 'tickets'),
    all<OrderDocument>(orders, 'orders'),
    all<ReplicaDocument>(orders, 'tickets'),
    ofBoth<ParkedDocument>('parked_events'),
    ofBoth<DeadLetter>('dead_letters'),
  ]);
  return { tickets: owned, orders: ordered, replicas, parked, deadLetters };
}

async function all<T extends object>(connection: Connection, collection: string): Promise<T[]> {
  return (await connection.collection<mongo.BSON.Document>(collection).find().toArray()) as unknown as T[];
}
