import { newId } from '@ticketing/testing';
import { OperatedSystem } from '../operated-system.test.helper';
import { audit } from './audit';
import { Corrupter } from './corrupt.test.helper';
import type { Promised } from './checks/check-promises';
import type { DisagreementKind } from './report';

/** A ticket whose second order is paid; a payment of its first order, which was cancelled, is refused. */
type Scene = Awaited<ReturnType<typeof newScene>>;

let system: OperatedSystem;
const scenes: Scene[] = [];
/** What earlier corruptions have left. */
const known = new Set<string>();

async function newScene(title: string) {
  const { ticket, cancelled, active } = await system.traffic(title);
  const [payment, late] = [await system.pay(active), await system.pay(cancelled)];
  return { ticket, cancelled, active, payment, late };
}

const corruptions: readonly [
  string,
  readonly DisagreementKind[],
  (scene: Scene, corrupter: Corrupter) => Promise<Promised | void>,
][] = [
  [
    'a complete order whose ticket is not sold, told to everybody',
    ['reservation'],
    ({ ticket, active }, corrupter) =>
      corrupter.saveTicket(ticket, { reservation: { number: 2, state: 'held', orderId: active } }),
  ],
  [
    'a sold ticket whose order is not complete',
    ['payment', 'reservation', 'stream'],
    ({ active }, corrupter) => corrupter.order(active, { $set: { status: 'created' }, $unset: { paymentId: 1 } }),
  ],
  [
    'a complete order that was cancelled later, told to everybody',
    ['payment'],
    async ({ ticket, active }, corrupter) => {
      await corrupter.saveOrder(active, { status: 'cancelled' });
      await corrupter.untilTicket(ticket, ({ reservation }) => reservation.state === 'released');
    },
  ],
  [
    'a sold ticket, in its own database only',
    ['reservation', 'stream'],
    ({ ticket }, corrupter) => corrupter.ticket(ticket, { $unset: { 'reservation.sold': 1 } }),
  ],
  [
    'a complete order without a payment',
    ['payment'],
    ({ active }, corrupter) => corrupter.order(active, { $unset: { paymentId: 1 } }),
  ],
  [
    'a complete order with a payment that nobody took',
    ['payment'],
    ({ active }, corrupter) => corrupter.order(active, { $set: { paymentId: newId() } }),
  ],
  [
    'a payment with two ends',
    ['payment', 'stream'],
    ({ active, payment }, corrupter) => corrupter.addRefusal(payment, active, 'order-paid'),
  ],
  ['a payment without an end', ['payment', 'stream'], ({ late }, corrupter) => corrupter.removeRefusal(late)],
  [
    'a refusal whose reason is not so',
    ['payment', 'stream'],
    ({ late }, corrupter) => corrupter.refusal(late, { $set: { reason: 'wrong-amount' } }),
  ],
  [
    'a refusal of another amount',
    ['payment', 'stream'],
    ({ late }, corrupter) => corrupter.refusal(late, { $set: { amount: 31 } }),
  ],
  [
    'a refusal of a payment that nobody took',
    ['payment', 'stream'],
    (_, corrupter) => corrupter.addRefusal(newId(), newId(), 'no-such-order'),
  ],
  [
    'a refusal without its amount',
    ['malformed'],
    ({ late }, corrupter) => corrupter.refusal(late, { $unset: { amount: 1 } }),
  ],
  [
    'a payment that was taken, of which nothing is known',
    ['promise'],
    ({ active: orderId }) => Promise.resolve({ what: 'payment', id: newId(), orderId, amount: 30 }),
  ],
];

beforeAll(async () => {
  system = await OperatedSystem.open();
  // One more than are corrupted. The first ticket of a store is not like the others: see check-stream.
  for (const n of [...corruptions, 0].keys()) scenes.push(await newScene(`ticket ${n}`));
  await system.quiet();
});
afterAll(() => system.close());

test('after payments everything agrees, and all of them were compared', async () => {
  const { disagreements, compared } = await audit({ ...system.auditOptions, promises: system.promises });
  expect(disagreements).toEqual([]);
  const tickets = scenes.length;
  expect(compared).toEqual({
    ...{ tickets, orders: 2 * tickets, events: 11 * tickets, payments: 2 * tickets, promises: 7 * tickets },
  });
  scenes.shift();
});

test.each(corruptions)('%s: the disagreement is of kind %j', async (_name, kinds, corrupt) => {
  const scene = scenes.shift();
  if (!scene) throw new Error('there is no scene left');
  const broken = await corrupt(scene, new Corrupter(system));
  const { disagreements } = await audit({ ...system.auditOptions, promises: broken ? [broken] : [] });
  const added = disagreements.filter(({ message }) => !known.has(message));
  added.forEach(({ message }) => known.add(message));
  const found = [...new Set(added.map(({ kind }) => kind))].sort();
  expect({ found, added }).toEqual({ found: kinds, added });
});
