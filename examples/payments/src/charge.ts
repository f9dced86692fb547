import { ConflictError, DURABLY, isDatabaseUnavailable, isDuplicateKey, UnavailableError } from '@ticketing/common';
import type { Connection, mongo, Types } from 'mongoose';

/**
 * What payments wants of the provider for one order. It is stored before the provider is asked, so that no money is
 * taken that nobody knows of. It is private: no event tells it, so it is no aggregate.
 */
export interface Charge {
  /** The order: the database takes one charge for each. */
  readonly _id: Types.ObjectId;
  /** Of the payment that it becomes. It is the provider's reference and idempotency key. */
  readonly paymentId: Types.ObjectId;
  readonly token: string;
  readonly amount: number;
  /** When the provider was asked last, while its end is not known. Absent once it is a payment. */
  readonly askedAt?: Date;
  /** Since when it is known that the payment did not complete its order. */
  readonly refusedAt?: Date;
  readonly paidBackAt?: Date;
}

export type Charges = mongo.Collection<Charge>;

export function chargesIn(connection: Connection): Charges {
  return connection.collection<Charge>('charges');
}

/** The charge of an order, as no failover takes it back. */
export function findCharge(charges: Charges, orderId: Types.ObjectId): Promise<Charge | null> {
  return charges.findOne({ _id: orderId }, { readConcern: { level: 'majority' } });
}

/**
 * Stores a charge, or returns that of another request for the same order.
 * @throws ConflictError when that is gone; UnavailableError when it is not known whether it is stored: then the sweep
 * takes it
 */
export async function reserve(charges: Charges, wanted: Charge): Promise<Charge> {
  try {
    await charges.insertOne(wanted, DURABLY);
    return wanted;
  } catch (error) {
    if (isDatabaseUnavailable(error)) {
      throw new UnavailableError('it is not known whether the order is being paid: send the same again', {
        cause: error,
      });
    }
    if (!isDuplicateKey(error)) throw error;
  }
  const other = await findCharge(charges, wanted._id);
  if (!other) throw new ConflictError('another card was declined for this order just now: try again');
  return other;
}
