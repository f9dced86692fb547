import { orderings, sequencesWithDuplicateAndCrash } from '@ticketing/testing';
import { Types } from 'mongoose';
import { cancel } from '../orders/cancel-order';
import type { OrderFields } from '../orders/order';
import { decidePayment, type Payment, type PaymentDecision } from './decide-payment';

const PRICE = 20;
const ticket = { id: new Types.ObjectId(), price: PRICE };
const orderId = 'a'.repeat(24);
const payment = (id: string, amount = PRICE): Payment => ({ id, orderId, amount });

type Order = Pick<OrderFields, 'status' | 'paymentId' | 'ticket'>;
const order = (status: OrderFields['status'], paymentId?: string): Order => ({
  ...{ status, ticket },
  ...(paymentId !== undefined && { paymentId }),
});

test.each<[string, Order | undefined, Payment, PaymentDecision]>([
  ['the price of an active order', order('created'), payment('P'), 'complete'],
  ['the price of an order that a payments service has announced', order('awaiting:payment'), payment('P'), 'complete'],
  ['the same payment again', order('complete', 'P'), payment('P'), 'seen'],
  ['another payment of a complete order', order('complete', 'P'), payment('Q'), 'order-paid'],
  ['any payment of an order that was complete without one', order('complete'), payment('P'), 'order-paid'],
  ['a cancelled order', order('cancelled'), payment('P'), 'order-cancelled'],
  ['too much', order('created'), payment('P', 20.01), 'wrong-amount'],
  ['too little', order('created'), payment('P', 19.99), 'wrong-amount'],
  ['a wrong amount of a cancelled order', order('cancelled'), payment('P', 1), 'order-cancelled'],
  ['no order', undefined, payment('P'), 'no-such-order'],
])('%s', (_name, of, paid, decision) => {
  expect(decidePayment(of, paid)).toBe(decision);
});

/** What can happen to an order: P and Q are its price, W is too little. */
type Happening = 'cancelled' | 'expired' | 'paid P' | 'paid Q' | 'paid W';
const payments = { 'paid P': payment('P'), 'paid Q': payment('Q'), 'paid W': payment('W', 1) } as const;

/** The order and the refused payments after these handler calls, each with its one write. */
function endOf(happenings: readonly Happening[]) {
  const now = order('created');
  const refused = new Map<string, string>();
  let versions = 0;
  for (const happening of happenings) {
    if (happening === 'cancelled' || happening === 'expired') {
      // A DELETE of a complete order is refused, and a sweep leaves it alone.
      if (now.status !== 'complete' && cancel(now)) versions += 1;
      continue;
    }
    const paid = payments[happening];
    if (refused.has(paid.id)) continue;
    const decision = decidePayment(now, paid);
    if (decision === 'complete') {
      Object.assign(now, { status: 'complete', paymentId: paid.id });
      versions += 1;
    } else if (decision !== 'seen') refused.set(paid.id, decision);
  }
  return { status: now.status, paymentId: now.paymentId, versions, refused: Object.fromEntries(refused) };
}

/** The same in one sentence: the first to end the order does so, and each payment but the one that did is refused. */
function expectedOf(happenings: readonly Happening[]) {
  const first = happenings.find((happening) => happening !== 'paid W');
  const ended = (at: Happening) => first !== undefined && happenings.indexOf(first) < happenings.indexOf(at);
  const bySomebody = first === 'cancelled' || first === 'expired';
  const paid = [...new Set(happenings)].filter((happening) => happening in payments && happening !== first);
  const reason = (happening: Happening) => {
    if (!ended(happening)) return 'wrong-amount';
    return bySomebody ? 'order-cancelled' : 'order-paid';
  };
  const refused = paid.map((happening) => [happening.slice(-1), reason(happening)] as const);
  return {
    status: bySomebody ? 'cancelled' : 'complete',
    paymentId: bySomebody ? undefined : first?.slice(-1),
    ...{ versions: 1, refused: Object.fromEntries(refused) },
  };
}

test.each<[number, readonly Happening[]]>([
  [36 + 150, ['cancelled', 'expired', 'paid P']],
  [36 + 150, ['expired', 'paid P', 'paid W']],
  [240 + 1560, ['cancelled', 'expired', 'paid P', 'paid Q']],
  [240 + 1560, ['cancelled', 'paid P', 'paid Q', 'paid W']],
])('all %i interleavings with one duplicate and one crash of an order that was made, and %j', (count, of) => {
  const sequences = sequencesWithDuplicateAndCrash(of);
  expect(sequences).toHaveLength(count);
  for (const sequence of sequences) {
    expect([sequence, endOf(sequence)]).toEqual([sequence, expectedOf(sequence)]);
    // And all of it again, in any order that it may come in: it changes nothing.
    const agains = orderings(of).map((again) => JSON.stringify(endOf([...sequence, ...again])));
    expect([...new Set(agains)]).toEqual([JSON.stringify(endOf(sequence))]);
  }
});
