import {
  ownedAggregate,
  type OwnedDocument,
  type OwnedModel,
  type ReEmitted,
  type StateOf,
  type Stored,
} from '@ticketing/common';
import { type Connection, Schema, type Types } from 'mongoose';

/** The state of a new thing, besides its version and outbox. */
export interface NewThingFields {
  orderId: Types.ObjectId;
  /** The price of the order. */
  amount: number;
}

export type NewThingDocument = OwnedDocument<NewThingFields>;
export type NewThingModel = OwnedModel<NewThingFields>;

const newThingSchema = new Schema<NewThingFields>(
  {
    orderId: { type: Schema.Types.ObjectId, required: true },
    amount: { type: Number, required: true },
  },
  { timestamps: true },
);
newThingSchema.index({ updatedAt: 1 });
ownedAggregate<NewThingFields>(newThingSchema as Schema, { state: newThingState });

/** The public state of a new thing at a version, as its events and its HTTP replies show it. */
export function newThingState(
  { _id, orderId, amount }: Stored<NewThingFields>,
  version: number,
): StateOf<'new-thing:created'> {
  return { id: String(_id), version, orderId: String(orderId), amount };
}

/** The model on one connection; each service instance has its own. */
export function newThingModel(connection: Connection): NewThingModel {
  return connection.model('NewThing', newThingSchema, 'new_things') as unknown as NewThingModel;
}

/** How new-things publishes the present state of its new things again. */
export function reEmittedNewThings(model: NewThingModel): ReEmitted<NewThingFields> {
  return { model, subject: () => 'new-thing:created', state: newThingState };
}
