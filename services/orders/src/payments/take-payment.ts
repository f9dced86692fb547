import {
  insertAggregate,
  isDuplicateKey,
  type Logger,
  type RefusalReason,
  UnavailableError,
  updateAggregate,
} from '@ticketing/common';
import { Types } from 'mongoose';
import type { OrderModel } from '../orders/order';
import { decidePayment, type Payment } from './decide-payment';
import type { RefusalModel } from './refusal';

export interface TakePaymentOptions {
  readonly Order: OrderModel;
  readonly Refusal: RefusalModel;
  readonly logger: Logger;
}

/**
 * Completes the order of a payment, or refuses the payment. Either is one write to one document, and is final: the
 * order names the payment that completed it, and the refusal has the payment's id. So duplicates, lateness and a crash
 * at any point change nothing.
 * @throws UnavailableError when it is not known yet whether there is such an order; another error when the payment has
 * completed another order
 */
export async function takePayment(options: TakePaymentOptions, payment: Payment): Promise<'applied' | 'seen'> {
  const { Order, Refusal } = options;
  if (await isRefused(Refusal, payment)) return 'seen'; // its money is on the way back
  const updated = await updateAggregate(Order, payment.orderId, (order) => {
    if (decidePayment(order, payment) !== 'complete') return undefined;
    order.status = 'complete';
    order.paymentId = payment.id;
    return 'order:completed';
  });
  const decision = updated?.saved ? 'complete' : decidePayment(updated?.document, payment);
  if (decision === 'complete') return 'applied';
  if (decision === 'seen') return 'seen';
  // A primary that was just elected can be behind in what the majority has, but it has all that was acked.
  if (decision === 'no-such-order' && (await Order.exists({ _id: payment.orderId }).readConcern('local')))
    throw new UnavailableError(`the majority of the database does not have order ${payment.orderId} yet`);
  // A refusal would pay back what that order was bought with.
  if (await Order.exists({ paymentId: payment.id, status: 'complete' }).readConcern('local'))
    throw new Error(`payment ${payment.id} has completed another order than ${payment.orderId}: an id is one payment`);
  return refuse(options, payment, decision);
}

async function refuse(
  { Refusal, logger }: TakePaymentOptions,
  payment: Payment,
  reason: RefusalReason,
): Promise<'applied' | 'seen'> {
  const { id, orderId, amount } = payment;
  const refusal = { _id: new Types.ObjectId(id), orderId: new Types.ObjectId(orderId), amount, reason };
  try {
    await insertAggregate(Refusal, refusal, 'order:payment-refused');
  } catch (error) {
    if (isDuplicateKey(error) && (await isRefused(Refusal, payment))) return 'seen';
    throw error;
  }
  logger.warn({ paymentId: id, orderId, amount, reason }, 'a payment is refused: it has to be paid back');
  return 'applied';
}

async function isRefused(Refusal: RefusalModel, { id }: Payment): Promise<boolean> {
  return (await Refusal.exists({ _id: id }).readConcern('majority')) !== null;
}
