import { DURABLY, type Listener } from '@ticketing/common';
import { Types } from 'mongoose';
import { type Charges, findCharge } from './charge';
import type { Provider } from './provider';

export interface OnPaymentRefusedOptions {
  readonly charges: Charges;
  readonly provider: Provider;
  readonly clock: () => Date;
}

/**
 * A payment did not complete its order: the money goes back. The provider's key is made of the payment's id, not of the
 * event's, because a re-emission tells the same refusal by another event.
 */
export function onPaymentRefused({
  charges,
  provider,
  clock,
}: OnPaymentRefusedOptions): Listener<'order:payment-refused'> {
  return {
    subject: 'order:payment-refused',
    ordering: 'any-order',
    key: ({ paymentId }) => paymentId,
    handle: async ({ paymentId, orderId }) => {
      const charge = await findCharge(charges, new Types.ObjectId(orderId));
      // A dead letter in the end, for a person to see: this database has lost a payment.
      if (!charge?.paymentId.equals(paymentId))
        throw new Error(`payment ${paymentId} is not known: pay it back by hand`);
      if (charge.paidBackAt) return 'seen';
      const { _id } = charge;
      // Before the money goes back: from now on no re-emission may tell this payment.
      await charges.updateOne({ _id }, { $set: { refusedAt: clock() }, $unset: { askedAt: '' } }, DURABLY);
      await provider.payBack(paymentId);
      await charges.updateOne({ _id }, { $set: { paidBackAt: clock() } }, DURABLY);
      return 'applied';
    },
  };
}
