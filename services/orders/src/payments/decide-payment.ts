import type { RefusalReason } from '@ticketing/common';
import type { OrderFields } from '../orders/order';

/** A payment as its event tells it. */
export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly amount: number;
}

/** The payment completes the order, has completed it before, or is refused for a reason. */
export type PaymentDecision = 'complete' | 'seen' | RefusalReason;

/**
 * What becomes of a payment for this order (undefined: there is none). Complete and cancelled are terminal, so an order
 * that refuses a payment once refuses it always.
 */
export function decidePayment(
  order: Pick<OrderFields, 'status' | 'paymentId' | 'ticket'> | undefined,
  payment: Payment,
): PaymentDecision {
  switch (order?.status) {
    case undefined:
      return 'no-such-order';
    case 'cancelled':
      return 'order-cancelled';
    case 'complete':
      return order.paymentId === payment.id ? 'seen' : 'order-paid';
    case 'created':
    case 'awaiting:payment':
      return payment.amount === order.ticket.price ? 'complete' : 'wrong-amount';
  }
}
