import { DURABLY, insertAggregate, InvalidInputError, isDuplicateKey } from '@ticketing/common';
import type { Charge, Charges } from './charge';
import type { PaymentModel } from './payment';
import type { Provider } from './provider';

export interface TakeChargeOptions {
  readonly Payment: PaymentModel;
  readonly charges: Charges;
  readonly provider: Provider;
}

/**
 * Asks the provider for the money, and records the payment. After a crash, or an answer that did not come, it is done
 * again: by the client, or by the sweep. Each step then finds that it was done before.
 * @throws InvalidInputError when the card is declined: the order has no charge any more; UnavailableError when it is not
 * known
 */
export async function takeCharge({ Payment, charges, provider }: TakeChargeOptions, charge: Charge): Promise<void> {
  const { _id: orderId, paymentId, token, amount } = charge;
  const answer = await provider.charge({ reference: paymentId.toHexString(), token, amount });
  if (answer === 'declined') {
    await charges.deleteOne({ _id: orderId, paymentId }, DURABLY);
    throw new InvalidInputError([{ message: 'the card was declined: use another one', field: 'token' }]);
  }
  try {
    await insertAggregate(Payment, { _id: paymentId, orderId, amount }, 'payment:created');
  } catch (error) {
    if (!isDuplicateKey(error)) throw error; // recorded before
  }
  await charges.updateOne({ _id: orderId, paymentId }, { $unset: { askedAt: '' } }, DURABLY);
}
