import { type EventOf, type Expected, isDuplicateKey, type Replica } from '@ticketing/common';
import { type Connection, type Model, Schema, Types } from 'mongoose';

type TicketEvent = EventOf<'ticket:created' | 'ticket:updated'>;

/** What orders needs of a ticket. A copy: tickets owns it, and only its events change it. */
export interface TicketReplicaFields {
  _id: Types.ObjectId;
  /** The owner's version, never one of our own. */
  version: number;
  title: string;
  price: number;
  userId: string;
  orderId?: string;
}

export type TicketReplicaModel = Model<TicketReplicaFields>;

const ticketReplicaSchema = new Schema<TicketReplicaFields>(
  {
    version: { type: Number, required: true },
    title: { type: String, required: true },
    price: { type: Number, required: true },
    userId: { type: String, required: true },
    orderId: String,
  },
  { versionKey: false },
);

/** The collection of the replica. */
export const TICKET_REPLICA = 'tickets';

/** The model on one connection; each service instance has its own. @param collection another one while it is rebuilt */
export function ticketReplicaModel(connection: Connection, collection = TICKET_REPLICA): TicketReplicaModel {
  return connection.model(`TicketReplica in ${collection}`, ticketReplicaSchema, collection);
}

/** Applies ticket events to the replica, each as one conditional write, straight through the driver: they are checked. */
export function ticketReplica(Ticket: TicketReplicaModel): Replica<TicketEvent> {
  return {
    async versionOf(id) {
      return (await Ticket.findById(id, { version: 1 }).lean())?.version;
    },

    async apply(event, expected) {
      const { filter, upsert } = conditionOf(event, expected);
      const { version, title, price, userId } = event;
      const orderId = 'orderId' in event ? event.orderId : undefined;
      const state = { version, title, price, userId };
      const update = orderId === undefined ? { $set: state, $unset: { orderId: 1 } } : { $set: { ...state, orderId } };
      try {
        const { matchedCount, upsertedCount } = await Ticket.collection.updateOne(filter, update, { upsert });
        return matchedCount + upsertedCount > 0;
      } catch (error) {
        if (isDuplicateKey(error)) return false; // it is there, at a version that the filter does not match
        throw error;
      }
    },
  };
}

/** "Not there yet" is an upsert whose filter matches no version, so that a ticket that is there is a duplicate key. */
function conditionOf({ id }: TicketEvent, expected: Expected): { filter: object; upsert: boolean } {
  const _id = new Types.ObjectId(id);
  if ('below' in expected) return { filter: { _id, version: { $lt: expected.below } }, upsert: true };
  if (expected.exactly === undefined) return { filter: { _id, version: { $lt: 0 } }, upsert: true };
  return { filter: { _id, version: expected.exactly }, upsert: false };
}
