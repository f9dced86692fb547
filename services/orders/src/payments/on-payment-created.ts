import type { Listener } from '@ticketing/common';
import { takePayment, type TakePaymentOptions } from './take-payment';

/** A payment was taken, by whatever service takes them. Correct in any order of arrival; idempotent by its id. */
export function onPaymentCreated(options: TakePaymentOptions): Listener<'payment:created'> {
  return {
    subject: 'payment:created',
    ordering: 'any-order',
    key: ({ orderId }) => orderId,
    handle: (payment) => takePayment(options, payment),
  };
}
