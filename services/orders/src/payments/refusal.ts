import {
  ownedAggregate,
  type OwnedDocument,
  type OwnedModel,
  type ReEmitted,
  type RefusalReason,
  refusalReasons,
  type StateOf,
  type Stored,
} from '@ticketing/common';
import { type Connection, Schema, type Types } from 'mongoose';

/** A refused payment. Its `_id` is the id of the payment, so that the database ensures that it is refused once. */
export interface RefusalFields {
  orderId: Types.ObjectId;
  amount: number;
  reason: RefusalReason;
}

export type RefusalDocument = OwnedDocument<RefusalFields>;
export type RefusalModel = OwnedModel<RefusalFields>;

const refusalSchema = new Schema<RefusalFields>(
  {
    orderId: { type: Schema.Types.ObjectId, required: true },
    amount: { type: Number, required: true },
    reason: { type: String, enum: refusalReasons, required: true },
  },
  { timestamps: true },
);
refusalSchema.index({ updatedAt: 1 });
ownedAggregate<RefusalFields>(refusalSchema as Schema, { state: refusalState });

/** The public state of a refusal at a version. */
export function refusalState(
  { _id, orderId, amount, reason }: Stored<RefusalFields>,
  version: number,
): StateOf<'order:payment-refused'> {
  return { id: String(_id), version, orderId: String(orderId), paymentId: String(_id), amount, reason };
}

/** The model on one connection; each service instance has its own. */
export function refusalModel(connection: Connection): RefusalModel {
  return connection.model('Refusal', refusalSchema, 'payment_refusals') as unknown as RefusalModel;
}

/** How orders publishes its refusals again: whoever has the money must hear of them. */
export function reEmittedRefusals(model: RefusalModel): ReEmitted<RefusalFields> {
  return { model, subject: () => 'order:payment-refused', state: refusalState };
}
