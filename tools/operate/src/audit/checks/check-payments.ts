import { differenceOf } from './difference';
import type { Documents, OrderDocument, RefusalDocument } from '../documents';
import type { PaymentEvent } from '../read-stream';
import type { Disagreement } from '../report';

/** Where a payment ends: in the order that it completed, or in its refusal. */
export interface Ends {
  readonly completed: ReadonlyMap<string, OrderDocument>;
  readonly refused: ReadonlyMap<string, RefusalDocument>;
}

/** By the id of the payment. */
export function endsOf({ orders, refusals }: Pick<Documents, 'orders' | 'refusals'>): Ends {
  return {
    completed: new Map(orders.flatMap((order) => (order.paymentId ? [[order.paymentId, order] as const] : []))),
    refused: new Map(refusals.map((refusal) => [String(refusal._id), refusal])),
  };
}

interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly amount: number;
}

/**
 * Checks that each payment in the stream has exactly one end, which is right by the order that it names, and that each
 * end is that of a payment in the stream, unless it is older than what the channel has.
 * @param since from when on (ms since 1970) the channel of payments has every one
 */
export function checkPayments(
  payments: readonly PaymentEvent[],
  documents: Pick<Documents, 'orders' | 'refusals'>,
  since: number,
): readonly Disagreement[] {
  const ends = endsOf(documents);
  const orders = new Map(documents.orders.map((order) => [String(order._id), order]));
  const taken = new Map(payments.map(({ state: { id, orderId, amount } }) => [id, { id, orderId, amount }]));
  const found = [...taken.values()].flatMap((payment) =>
    problemsOf(payment, orders.get(payment.orderId), ends).map((problem) => ({
      aggregateId: payment.orderId,
      message: `payment ${payment.id} of order ${payment.orderId} ${problem}`,
    })),
  );
  const unknown = documents.orders.flatMap(({ _id, status, paymentId, updatedAt }) => {
    if (status !== 'complete' || (paymentId && (taken.has(paymentId) || updatedAt.getTime() < since))) return [];
    const by = paymentId ? `by payment ${paymentId}, which the stream does not have` : 'without a payment';
    return [{ aggregateId: String(_id), message: `order ${String(_id)} is complete ${by}` }];
  });
  const stray = documents.refusals.flatMap(({ _id, createdAt }) => {
    const aggregateId = String(_id);
    if (taken.has(aggregateId) || createdAt.getTime() < since) return [];
    return [{ aggregateId, message: `payment ${aggregateId} is refused, and the stream does not have it` }];
  });
  return [...found, ...unknown, ...stray].map((problem) => ({ kind: 'payment', ...problem }));
}

function problemsOf(payment: Payment, order: OrderDocument | undefined, { completed, refused }: Ends): string[] {
  const [by, refusal] = [completed.get(payment.id), refused.get(payment.id)];
  if (!by && !refusal) return ['has neither completed it nor been refused'];
  if (by && refusal) return [`has completed order ${String(by._id)}, and is refused`];
  if (by) {
    const difference = differenceOf({ orderId: String(by._id), amount: by.ticket.price }, ofOrder(payment));
    return difference ? [`has completed an order that has ${difference}`] : [];
  }
  if (!refusal) return [];
  const told = { orderId: String(refusal.orderId), amount: refusal.amount };
  const difference = differenceOf(told, ofOrder(payment));
  const reason = isTrue(refusal.reason, payment, order) ? [] : [`is refused as ${refusal.reason}, which is not so`];
  return [...(difference ? [`has a refusal that has ${difference}`] : []), ...reason];
}

const ofOrder = ({ orderId, amount }: Payment) => ({ orderId, amount });

/** Whether the order gives this reason. A reason that is not known here is believed. */
function isTrue(reason: string, { amount }: Payment, order: OrderDocument | undefined): boolean {
  switch (reason) {
    case 'no-such-order':
      return order === undefined;
    case 'order-cancelled':
      return order?.status === 'cancelled';
    case 'order-paid':
      return order?.status === 'complete';
    case 'wrong-amount':
      return order !== undefined && order.ticket.price !== amount;
    default:
      return true;
  }
}
