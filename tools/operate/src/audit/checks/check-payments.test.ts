import type { Documents, OrderDocument, RefusalDocument } from '../documents';
import type { PaymentEvent } from '../read-stream';
import { checkPayments } from './check-payments';
import { checkPromises } from './check-promises';

const BEGAN = 1_700_000_000_000;
const [A, B, TICKET] = ['a'.repeat(24), 'b'.repeat(24), 'c'.repeat(24)];
/** An ObjectId that was made so long (ms) after the channels began. */
const idAt = (afterMs: number, rest: string) => Math.floor((BEGAN + afterMs) / 1_000).toString(16) + rest.repeat(16);
const [P, EARLY] = [idAt(9_000, '1'), idAt(-9_000, '2')];

const order = (_id: string, fields: Partial<OrderDocument> = {}): OrderDocument => ({
  ...{ _id, version: 1, status: 'complete', userId: 'bob', expiresAt: new Date(), reservation: 1, paymentId: P },
  ...{ ticket: { id: TICKET, price: 20 }, createdAt: new Date(BEGAN + 1), ...fields },
});
const refusal = (reason: string, fields: Partial<RefusalDocument> = {}): RefusalDocument => ({
  ...{ _id: P, version: 0, orderId: A, amount: 20, reason, createdAt: new Date(BEGAN + 9_500), ...fields },
});
const told = (orderId = A, amount = 20, id = P): PaymentEvent => ({
  ...{ subject: 'payment:created', sequence: 1, storedAt: BEGAN + 9_000, aggregateId: id, version: 0, eventId: 'e' },
  ...{ occurredAt: BEGAN + 9_000, snapshot: false, payload: '', state: { id, version: 0, orderId, amount } },
});

type Case = [string, PaymentEvent[], Partial<Pick<Documents, 'orders' | 'refusals'>>, ...string[]];
const check = (payments: PaymentEvent[], { orders = [], refusals = [] }: Case[2]) =>
  checkPayments(payments, { orders, refusals }, BEGAN).map(({ kind, message }) => `${kind}: ${message}`);

const cancelled = { status: 'cancelled', version: 2 } as const;
const active = { status: 'created', version: 0, paymentId: null } as const;
const older = { createdAt: new Date(BEGAN - 1) };

test.each<Case>([
  ['a payment that completed its order, told twice', [told(), told()], { orders: [order(A)] }],
  ['a wrong amount', [told(A, 1)], { orders: [order(A, active)], refusals: [refusal('wrong-amount', { amount: 1 })] }],
  ['a payment of no order', [told()], { refusals: [refusal('no-such-order')] }],
  [
    'a complete order that was cancelled later, whose payment was told again and refused',
    [told()],
    { orders: [order(A, cancelled)], refusals: [refusal('order-cancelled')] },
  ],
  ['a reason that is not known here', [told()], { orders: [order(A, active)], refusals: [refusal('other')] }],
  // The order is saved a while after its payment was stored, and the refusal, too: only what was before that counts.
  ['the payment of an older order, dropped by its channel', [], { orders: [order(A, older)] }],
  [
    'the refused payment of an older order, dropped by its channel',
    [],
    { orders: [order(A, { ...older, ...cancelled, paymentId: null })], refusals: [refusal('order-cancelled')] },
  ],
  [
    'an older payment of no order, dropped by its channel',
    [],
    { refusals: [refusal('no-such-order', { _id: EARLY })] },
  ],
])('no disagreement: %s', (_name, payments, documents) => {
  expect(check(payments, documents)).toEqual([]);
});

const neither = `payment: payment ${P} of order ${A} has neither completed it nor been refused`;
test.each<Case>([
  ['an end of nothing', [told()], { orders: [order(A, active)] }, neither],
  ['a complete order that was cancelled later', [told()], { orders: [order(A, cancelled)] }, neither],
  [
    'the same, when its channel has dropped the payment',
    [],
    { orders: [order(A, { ...older, ...cancelled })] },
    neither,
  ],
  [
    'a payment that has completed its order, and is refused',
    [told()],
    { orders: [order(A)], refusals: [refusal('order-paid')] },
    `payment: payment ${P} of order ${A} has completed order ${A}, and been refused`,
  ],
  [
    'one payment, told for two orders, that has completed both',
    [told(A), told(B)],
    { orders: [order(A), order(B)] },
    `payment: payment ${P} of order ${A} is told as two: with orderId "${B}", not "${A}"`,
    `payment: payment ${P} of order ${A} has completed order ${A}, and completed order ${B}`,
    `payment: payment ${P} of order ${A} has completed an order that has orderId "${B}", not "${A}"`,
  ],
  [
    'two orders with one payment that their channel has dropped',
    [],
    { orders: [order(A, older), order(B, older)] },
    `payment: payment ${P} of order ${A} has completed order ${A}, and completed order ${B}`,
  ],
  [
    'an order, before that of the payment, that has the payment too',
    [told(A)],
    { orders: [order(B), order(A)] },
    `payment: payment ${P} of order ${A} has completed order ${B}, and completed order ${A}`,
    `payment: payment ${P} of order ${A} has completed an order that has orderId "${B}", not "${A}"`,
  ],
  [
    'one payment with two amounts',
    [told(A, 20), told(A, 1)],
    { orders: [order(A)] },
    `payment: payment ${P} of order ${A} is told as two: with amount 1, not 20`,
  ],
  [
    'a payment of another amount',
    [told(A, 1)],
    { orders: [order(A)] },
    `payment: payment ${P} of order ${A} has completed an order that has amount 20, not 1`,
  ],
  [
    'a complete order without a payment',
    [],
    { orders: [order(A, { ...older, paymentId: null })] },
    `payment: order ${A} is complete without a payment`,
  ],
  [
    'a payment that nobody took',
    [],
    { orders: [order(A)] },
    `payment: payment ${P} of order ${A} has completed it, and the stream does not have it`,
  ],
  [
    'a refusal of a payment that nobody took',
    [],
    { refusals: [refusal('no-such-order')] },
    `payment: payment ${P} of order ${A} is refused, and the stream does not have it`,
  ],
  [
    'a reason that is not so, and another amount',
    [told()],
    { orders: [order(A, active)], refusals: [refusal('order-paid', { amount: 31 })] },
    `payment: payment ${P} of order ${A} has a refusal that has amount 31, not 20`,
    `payment: payment ${P} of order ${A} is refused as order-paid, which is not so`,
  ],
])('disagreement: %s', (_name, payments, documents, ...messages) => {
  expect(check(payments, documents)).toEqual(messages);
});

test('a payment that was promised an end has none when its order was cancelled after it', () => {
  const promise = { what: 'payment', id: P, orderId: A, amount: 20 } as const;
  const kept = { tickets: [], historyOf: () => [] };
  const messages = (orders: OrderDocument[], refusals: RefusalDocument[] = []) =>
    checkPromises([promise], { ...kept, orders, refusals }).map(({ message }) => message);
  expect(messages([order(A)])).toEqual([]);
  expect(messages([order(A, cancelled)], [refusal('order-cancelled')])).toEqual([]);
  expect(messages([order(A, cancelled)])).toEqual([
    `a client was promised that payment ${P} has an end, but it has neither completed order ${A} nor been refused`,
  ]);
});
