import {
  ownedAggregate,
  type OwnedDocument,
  type OwnedModel,
  type ReEmitted,
  type StateOf,
  type Stored,
} from '@ticketing/common';
import { type Connection, Schema, type Types } from 'mongoose';
import { type Charges, findCharge } from './charge';

/** The state of a payment, besides its version and outbox. */
export interface PaymentFields {
  orderId: Types.ObjectId;
  /** The price of the order. */
  amount: number;
}

export type PaymentDocument = OwnedDocument<PaymentFields>;
export type PaymentModel = OwnedModel<PaymentFields>;

const paymentSchema = new Schema<PaymentFields>(
  {
    orderId: { type: Schema.Types.ObjectId, required: true },
    amount: { type: Number, required: true },
  },
  { timestamps: true },
);
paymentSchema.index({ updatedAt: 1 });
ownedAggregate<PaymentFields>(paymentSchema as Schema, { state: paymentState });

/** The public state of a payment at a version, as its events and its HTTP replies show it. */
export function paymentState(
  { _id, orderId, amount }: Stored<PaymentFields>,
  version: number,
): StateOf<'payment:created'> {
  return { id: String(_id), version, orderId: String(orderId), amount };
}

/** The model on one connection; each service instance has its own. */
export function paymentModel(connection: Connection): PaymentModel {
  return connection.model('Payment', paymentSchema, 'payments') as unknown as PaymentModel;
}

/** How payments publishes its payments again: none that was refused, because it could complete an order after all. */
export function reEmittedPayments(model: PaymentModel, charges: Charges): ReEmitted<PaymentFields> {
  return {
    model,
    subject: () => 'payment:created',
    state: paymentState,
    isTold: async ({ orderId }) => (await findCharge(charges, orderId))?.refusedAt === undefined,
  };
}
