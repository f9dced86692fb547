import { ConflictError, saveAggregate, UnavailableError, updateAggregate } from '@ticketing/common';
import {
  dropAndClose,
  inParallel,
  newId,
  sequencesWithDuplicate,
  silentLogger,
  startMongoBetween,
  testConnection,
  testDatabaseUri,
  testServers,
} from '@ticketing/testing';
import { type Connection, mongo, Types } from 'mongoose';
import { cancel } from '../orders/cancel-order';
import { orderModel } from '../orders/order';
import { refusalModel } from './refusal';
import { takePayment, type TakePaymentOptions } from './take-payment';

const PRICE = 20;

type Member = TakePaymentOptions & { readonly connection: Connection };

async function newMember(uri: string): Promise<Member> {
  const connection = await testConnection(uri);
  const models = { Order: orderModel(connection), Refusal: refusalModel(connection) };
  return { connection, ...models, logger: silentLogger() };
}

/** Two processes of the service: each has its own connection and models. */
let members: [Member, Member];
beforeAll(async () => {
  const uri = testDatabaseUri();
  members = [await newMember(uri), await newMember(uri)];
  await members[0].Order.createIndexes();
});
afterAll(async () => {
  await members[1].connection.close();
  await dropAndClose(members[0].connection);
});

async function newOrder(): Promise<string> {
  const { Order } = members[0];
  const fields = { userId: 'bob', status: 'created', expiresAt: new Date(), reservation: 1 } as const;
  const order = new Order({ ...fields, ticket: { id: new Types.ObjectId(), price: PRICE } });
  order.record('order:created');
  return String((await saveAggregate(order))._id);
}

type Happening = 'cancelled' | 'expired' | 'paid P' | 'paid Q' | 'paid W';
const all: Happening[] = ['cancelled', 'expired', 'paid P', 'paid Q'];

/** An order with its payments: P and Q have the right amount, W a wrong one. */
interface Scene {
  readonly orderId: string;
  readonly ids: Readonly<Record<'P' | 'Q' | 'W', string>>;
}
const newScene = async (): Promise<Scene> => ({
  orderId: await newOrder(),
  ids: { P: newId(), Q: newId(), W: newId() },
});

/** What the service does when this happens. A refused DELETE changes nothing. */
async function happen({ orderId, ids }: Scene, happening: Happening, member = members[0]): Promise<void> {
  const { Order } = member;
  if (happening === 'cancelled') {
    await updateAggregate(Order, orderId, cancel).catch((error: unknown) => {
      if (!(error instanceof ConflictError)) throw error;
    });
  } else if (happening === 'expired') {
    await updateAggregate(Order, orderId, (order) => (order.status === 'created' ? cancel(order) : undefined));
  } else {
    const payment = happening.slice(-1) as 'P' | 'Q' | 'W';
    await takePayment(member, { id: ids[payment], orderId, amount: payment === 'W' ? 1 : PRICE });
  }
}

/** What is stored; each version of each document has exactly one event. */
async function endOf({ orderId, ids }: Scene) {
  const { Order, Refusal } = members[0];
  const order = await Order.findById(orderId).lean().orFail();
  expect(order.outbox.map(({ event }) => event.version)).toEqual([0, 1]);
  const refusals = await Refusal.find({ orderId }).lean();
  for (const { outbox, _id, reason } of refusals) {
    const paymentId = String(_id);
    expect(outbox).toMatchObject([{ subject: 'order:payment-refused', event: { paymentId, orderId, reason } }]);
  }
  const nameOf = (id: unknown) => Object.entries(ids).find(([, known]) => known === String(id))?.[0];
  return {
    ...{ status: order.status, by: order.paymentId && nameOf(order.paymentId), last: order.outbox.at(-1)?.subject },
    refused: Object.fromEntries(refusals.map(({ _id, reason }) => [nameOf(_id), reason])),
  };
}

/** The first one that ends the order, and the payments besides it. */
function expectedOf([first, ...rest]: readonly Happening[]) {
  const isPayment = (one: Happening) => one.startsWith('paid') && one !== first;
  const refuse = (reason: string) => Object.fromEntries(rest.filter(isPayment).map((one) => [one.slice(-1), reason]));
  return first === 'cancelled' || first === 'expired'
    ? { status: 'cancelled', by: undefined, last: 'order:cancelled', refused: refuse('order-cancelled') }
    : { status: 'complete', by: first?.slice(-1), last: 'order:completed', refused: refuse('order-paid') };
}

test('all 240 interleavings of cancelled, expired and two payments with one duplicate, and all again after a crash', async () => {
  const sequences = sequencesWithDuplicate(all);
  expect(sequences).toHaveLength(240);
  await inParallel(sequences, async (sequence) => {
    const scene = await newScene();
    // The second copy may come to the other member.
    for (const [index, happening] of sequence.entries()) await happen(scene, happening, members[index % 2]);
    const end = expectedOf(sequence);
    expect([sequence, await endOf(scene)]).toEqual([sequence, end]);
    for (const happening of all) await happen(scene, happening);
    expect([sequence, await endOf(scene)]).toEqual([sequence, end]);
  });
});

test('all at the same time, by two members: 50 rounds, in each of them one ends the order and each payment has one end', async () => {
  await inParallel(Array.from({ length: 50 }), async () => {
    const scene = await newScene();
    await Promise.all(members.flatMap((member) => all.map((happening) => happen(scene, happening, member))));
    const { status, by, refused } = await endOf(scene);
    const completed = status === 'complete' ? [by] : [];
    expect([...completed, ...Object.keys(refused)].sort()).toEqual(['P', 'Q']);
    const reason = status === 'complete' ? 'order-paid' : 'order-cancelled';
    expect(Object.values(refused).every((one) => one === reason)).toBe(true);
  });
});

test('a wrong amount is refused once, and leaves the order to the right one', async () => {
  const scene = await newScene();
  for (const happening of ['paid W', 'paid W', 'paid P', 'paid W'] as const) await happen(scene, happening);
  const refused = { W: 'wrong-amount' };
  expect(await endOf(scene)).toEqual({ status: 'complete', by: 'P', last: 'order:completed', refused });
});

test('what is refused stays so, whatever its publisher says later: its money is on the way back', async () => {
  const { orderId, ids } = await newScene();
  const [member] = members;
  expect(await takePayment(member, { id: ids.P, orderId, amount: 1 })).toBe('applied');
  expect(await takePayment(member, { id: ids.P, orderId, amount: PRICE })).toBe('seen');
  expect(await member.Order.findById(orderId).lean()).toMatchObject({ status: 'created', version: 0 });
});

test('a payment of no order is refused once', async () => {
  const [member] = members;
  const [id, orderId] = [newId(), newId()];
  for (const outcome of ['applied', 'seen']) {
    expect(await takePayment(member, { id, orderId, amount: PRICE })).toBe(outcome);
  }
  expect(await member.Refusal.find({ orderId }).lean()).toMatchObject([{ reason: 'no-such-order', version: 0 }]);
});

describe('a payment that has completed an order, and is told again for another one', () => {
  const OF_ANOTHER = /has completed another order/;

  test('completes no second one: its event fails, and becomes a dead letter', async () => {
    const [first, second] = [await newScene(), await newOrder()];
    await happen(first, 'paid P');
    const again = { id: first.ids.P, orderId: second, amount: PRICE };
    await expect(takePayment(members[1], again)).rejects.toThrow('one_order_per_payment');
    expect(await members[0].Order.findById(second).lean()).toMatchObject({ status: 'created', version: 0 });
    expect(await members[0].Refusal.find({ _id: first.ids.P })).toEqual([]);
  });

  test.each<[string, (scene: Scene) => Promise<unknown>, number]>([
    ['is cancelled', (scene) => happen(scene, 'cancelled'), PRICE],
    ['is paid', (scene) => happen(scene, 'paid Q'), PRICE],
    ['has another price', () => Promise.resolve(), 1],
  ])('is not refused when that one %s: its money has bought the first', async (_name, before, amount) => {
    const [first, second] = [await newScene(), await newScene()];
    await happen(first, 'paid P');
    await before(second);
    const again = { id: first.ids.P, orderId: second.orderId, amount };
    await expect(takePayment(members[1], again)).rejects.toThrow(OF_ANOTHER);
    await expect(takePayment(members[1], { ...again, orderId: newId() })).rejects.toThrow(OF_ANOTHER);
    expect(await members[0].Refusal.find({ _id: first.ids.P })).toEqual([]);
    expect(await members[0].Order.findById(first.orderId).lean()).toMatchObject({ status: 'complete', version: 1 });
  });

  test('of both at once, by two members, 30 times: one order is complete', async () => {
    await inParallel(Array.from({ length: 30 }), async () => {
      const [id, orders] = [newId(), [await newOrder(), await newOrder()]];
      const pay = (orderId: string, n: number) =>
        takePayment(members[n % 2] ?? members[0], { id, orderId, amount: PRICE });
      const ends = await Promise.allSettled(orders.map(pay));
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await members[0].Order.countDocuments({ _id: { $in: orders }, status: 'complete', paymentId: id })).toBe(
        1,
      );
    });
  });
});

test('a complete order that a pod of the release before has cancelled: its payment, told again, is refused', async () => {
  const [{ Order, Refusal }] = members;
  const scene = await newScene();
  await happen(scene, 'paid P');
  await Order.collection.updateOne({ _id: new Types.ObjectId(scene.orderId) }, { $set: { status: 'cancelled' } });
  await happen(scene, 'paid P');
  expect(await Refusal.findById(scene.ids.P).lean()).toMatchObject({ reason: 'order-cancelled' });
});

test('an order that a new primary has, and does not know yet that the majority has it, is waited for', async () => {
  const orderId = await newOrder();
  let behind = true;
  // Majority is also what a read gets that names no level: `readConcernLevel` in the address, or a default of the cluster.
  const between = await startMongoBetween(testServers().mongoUrl, (command) => {
    const { name, collection, database, body } = command;
    const { level = 'majority' } = (body['readConcern'] ?? {}) as { level?: string };
    if (!behind || name !== 'find' || collection !== 'orders' || level !== 'majority') return command.pass();
    command.answer({ ok: 1, cursor: { id: mongo.Long.ZERO, ns: `${database}.${collection}`, firstBatch: [] } });
  });
  const uri = testDatabaseUri(members[0].connection.name, { mongoUrl: between.url });
  const member = await newMember(uri);
  const payment = { id: newId(), orderId, amount: PRICE };
  try {
    await expect(takePayment(member, payment)).rejects.toThrow(UnavailableError);
    behind = false;
    expect(await takePayment(member, payment)).toBe('applied');
    expect(await member.Refusal.find({ orderId })).toEqual([]);
  } finally {
    await member.connection.close();
    await between.close();
  }
});
