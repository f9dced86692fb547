import { type EventOf, type Replica, storedVersion, updateAt } from '@ticketing/common';
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
  const documents = Ticket.collection as unknown as Parameters<typeof updateAt>[0];
  return {
    versionOf: (id) => storedVersion(documents, new Types.ObjectId(id)),

    apply(event, expected) {
      const { id, version, title, price, userId } = event;
      const orderId = 'orderId' in event ? event.orderId : undefined;
      const state = { version, title, price, userId };
      const update = orderId === undefined ? { $set: state, $unset: { orderId: 1 } } : { $set: { ...state, orderId } };
      return updateAt(documents, new Types.ObjectId(id), expected, update as object);
    },
  };
}
