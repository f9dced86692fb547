import type { Documents, OrderDocument, RefusalDocument } from '../documents';
import { groupBy } from '../group-by';
import type { PaymentEvent } from '../read-stream';
import type { Disagreement } from '../report';
import { differenceOf } from './difference';

/** Where a payment ends: in the order that it completed, or in its refusal. */
export interface Ends {
  readonly completed: ReadonlyMap<string, readonly OrderDocument[]>;
  readonly refused: ReadonlyMap<string, RefusalDocument>;
}

/** By the id of the payment. An order that is not complete any more is no end: its money is with nobody. */
export function endsOf({ orders, refusals }: Pick<Documents, 'orders' | 'refusals'>): Ends {
  const complete = orders.filter(({ status, paymentId }) => status === 'complete' && paymentId);
  return {
    completed: groupBy(complete, ({ paymentId }) => paymentId ?? ''),
    refused: new Map(refusals.map((refusal) => [String(refusal._id), refusal])),
  };
}

interface Payment {
  readonly orderId: string;
  readonly amount: number;
}

/** What there is of one payment. */
interface Traces {
  /** As the stream tells it, each time. */
  readonly told: readonly Payment[];
  readonly completed: readonly OrderDocument[];
  readonly refusal: RefusalDocument | undefined;
}

/**
 * Checks that each payment in the stream, in an order or in a refusal has exactly one end, which is right by the order that
 * it names, and that the stream has it, unless its channel may have dropped it.
 * @param since from when on (ms since 1970) the channel of payments has every one
 */
export function checkPayments(
  payments: readonly PaymentEvent[],
  documents: Pick<Documents, 'orders' | 'refusals'>,
  since: number,
): readonly Disagreement[] {
  const { completed, refused } = endsOf(documents);
  const orders = new Map(documents.orders.map((order) => [String(order._id), order]));
  const told = groupBy(payments, ({ aggregateId }) => aggregateId);
  const namedBy = new Map(
    documents.orders.flatMap((order) => (order.paymentId ? [[order.paymentId, order] as const] : [])),
  );
  const found = [...new Set([...told.keys(), ...namedBy.keys(), ...refused.keys()])].flatMap((id) => {
    const traces: Traces = {
      told: (told.get(id) ?? []).map(({ state: { orderId, amount } }) => ({ orderId, amount })),
      ...{ completed: completed.get(id) ?? [], refusal: refused.get(id) },
    };
    const { told: [payment] = [], completed: [by] = [], refusal } = traces;
    const orderId = payment?.orderId ?? String(by?._id ?? refusal?.orderId ?? namedBy.get(id)?._id);
    const problems = payment
      ? problemsOf(traces, payment, orders.get(orderId))
      : problemsOfUntold(traces, startOf(id, orders.get(orderId)) < since);
    const name = `payment ${id} of order ${orderId}`;
    return problems.map((problem) => ({ aggregateId: orderId, message: `${name} ${problem}` }));
  });
  const unpaid = documents.orders
    .filter(({ status, paymentId }) => status === 'complete' && !paymentId)
    .map(({ _id }) => ({ aggregateId: String(_id), message: `order ${String(_id)} is complete without a payment` }));
  return [...found, ...unpaid].map((problem) => ({ kind: 'payment', ...problem }));
}

/**
 * A time (ms since 1970) that is certainly not after the payment was stored: nobody pays an order that is not there, and
 * nobody tells a payment that has no id. What became of it is stored later, perhaps much later.
 */
function startOf(id: string, order: OrderDocument | undefined): number {
  return order ? order.createdAt.getTime() : parseInt(id.slice(0, 8), 16) * 1_000;
}

function problemsOf(traces: Traces, payment: Payment, order: OrderDocument | undefined): string[] {
  const { told, completed, refusal } = traces;
  const others = told.flatMap((one) => differenceOf(one, payment) ?? []);
  const wrongOrders = completed.flatMap(
    (by) => differenceOf({ orderId: String(by._id), amount: by.ticket.price }, payment) ?? [],
  );
  return [
    ...(others[0] ? [`is told as two: with ${others[0]}`] : []),
    ...problemsOfCount(traces),
    ...wrongOrders.map((difference) => `has completed an order that has ${difference}`),
    ...(refusal && completed.length === 0 ? problemsOfRefusal(refusal, payment, order) : []),
  ];
}

/** @param dropped whether the stream may have had it */
function problemsOfUntold(traces: Traces, dropped: boolean): string[] {
  const problems = problemsOfCount(traces);
  if (dropped || problems.length > 0) return problems;
  return [`${traces.refusal ? 'is refused' : 'has completed it'}, and the stream does not have it`];
}

function problemsOfCount({ completed, refusal }: Traces): string[] {
  const ends = completed.map(({ _id }) => `completed order ${String(_id)}`);
  if (refusal) ends.push('been refused');
  if (ends.length === 0) return ['has neither completed it nor been refused'];
  return ends.length > 1 ? [`has ${ends.join(', and ')}`] : [];
}

function problemsOfRefusal(refusal: RefusalDocument, payment: Payment, order: OrderDocument | undefined): string[] {
  const { reason, amount } = refusal;
  const difference = differenceOf({ orderId: String(refusal.orderId), amount }, payment);
  return [
    ...(difference ? [`has a refusal that has ${difference}`] : []),
    ...(isTrue(reason, payment, order) ? [] : [`is refused as ${reason}, which is not so`]),
  ];
}

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
