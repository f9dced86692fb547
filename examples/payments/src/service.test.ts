import { reEmit } from '@ticketing/common';
import { badCredentials, newId, newMeta, TestBed, waitFor } from '@ticketing/testing';
import { Types } from 'mongoose';
import request from 'supertest';
import { chargesIn } from './charge';
import { paymentsConfig } from './config';
import { as, publishOrder } from './orders.test.helper';
import { paymentModel, reEmittedPayments } from './payment';
import { startProvider } from './provider.test.program';
import { startPayments } from './service';

/** The impatient instance gives the provider up after the first time; the second one is longer (ms). */
const [TIMEOUT_MS, LATE_MS] = [300, 3_000];

let provider: Awaited<ReturnType<typeof startProvider>>;
let bed: TestBed;
let url: string;
let impatient: string;

beforeAll(async () => {
  provider = await startProvider({ lateMs: LATE_MS });
  bed = await TestBed.open();
  const env = { PROVIDER_URL: provider.url, PAYMENT_SWEEP_MS: '100', ACK_WAIT_MS: '1000', MAX_ATTEMPTS: '1' };
  ({ url } = await bed.start(startPayments, paymentsConfig, { env }));
  const soon = { ...env, PROVIDER_TIMEOUT_MS: String(TIMEOUT_MS) };
  ({ url: impatient } = await bed.start(startPayments, paymentsConfig, { env: soon }));
  paid();
});
afterAll(async () => {
  await bed.close();
  provider.close();
});

const pay = (orderId: string, token = 'tok_ok', headers: Record<string, string> = as('bob'), at = url) =>
  request(at).post('/api/payments').set(headers).send({ orderId, token });
const paySoon = (orderId: string, token: string) => pay(orderId, token, as('bob'), impatient);
const paid = () => bed.events('payment:created');
const paymentOf = (orderId: string) => waitFor(() => paid().find((event) => event.orderId === orderId));
const paymentsOf = (orderId: string) => paid().filter((event) => event.orderId === orderId);
const times = (references: readonly string[], id: string) => references.filter((one) => one === id).length;

test('201: the money is taken once, and one payment:created says so; a repeat gets the same answer', async () => {
  const orderId = await publishOrder(bed);
  const { body } = await pay(orderId).expect(201);
  expect(body).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/), version: 0, orderId, amount: 20 });
  expect(await paymentOf(orderId)).toEqual({ ...body, meta: expect.anything() });
  await pay(orderId).expect(201, body);
  await pay(orderId, 'tok_other').expect(201, body);
  expect([times(provider.charges, body.id), paymentsOf(orderId).length]).toEqual([1, 1]);
});

test('five requests at once pay once', async () => {
  const orderId = await publishOrder(bed);
  const replies = await Promise.all(Array.from({ length: 5 }, () => pay(orderId)));
  const id = (await paymentOf(orderId)).id;
  expect(replies.map(({ status, body }) => [status, body.id])).toEqual(Array.from({ length: 5 }, () => [201, id]));
  expect(times(provider.charges, id)).toBe(1);
});

test.each(['tok_silent', 'tok_late'])('%s: 503, and the sweep records the payment that was taken', async (token) => {
  const orderId = await publishOrder(bed);
  const { headers, body } = await paySoon(orderId, token).expect(503);
  expect(body.errors[0].message).toMatch(/send the same again, it takes the money once$/);
  expect(headers['retry-after']).toBe('5');
  const { id } = await paymentOf(orderId);
  await pay(orderId, token).expect(201);
  expect([times(provider.charges, id), paymentsOf(orderId).length]).toEqual([1, 1]);
});

test('a repeat after 503 is answered 201, whether or not the sweep was first', async () => {
  const orderId = await publishOrder(bed);
  await paySoon(orderId, 'tok_silent').expect(503);
  const { body } = await pay(orderId, 'tok_silent').expect(201);
  expect((await paymentOf(orderId)).id).toBe(body.id);
  expect(times(provider.charges, body.id)).toBe(1);
});

test('409 for another card while one is being charged, which can still pay', async () => {
  const orderId = await publishOrder(bed);
  const ids = { _id: new Types.ObjectId(orderId), paymentId: new Types.ObjectId() };
  const askedAt = new Date(Date.now() + 600_000); // so that no sweep takes it
  await chargesIn(bed.connection).insertOne({ ...ids, token: 'tok_first', amount: 20, askedAt });
  await pay(orderId, 'tok_second').expect(409);
  const { body } = await pay(orderId, 'tok_first').expect(201);
  expect([body.id, times(provider.charges, body.id)]).toEqual([String(ids.paymentId), 1]);
});

test('a provider that answers twice: the second answer is not taken for that of the next request', async () => {
  const orders = [await publishOrder(bed), await publishOrder(bed)] as const;
  const { body } = await pay(orders[0], 'tok_twice').expect(201);
  await waitFor(async () => (await pay(orders[1], 'tok_declined')).status === 400); // at first it can be 503
  const { body: other } = await pay(orders[1]).expect(201);
  expect([times(provider.charges, body.id), times(provider.charges, other.id)]).toEqual([1, 1]);
});

test('charges that never end keep no other one waiting', async () => {
  const charge = (token: string, askedAt: Date) => {
    const [_id, paymentId] = [new Types.ObjectId(), new Types.ObjectId()];
    return { _id, paymentId, token, amount: 20, askedAt };
  };
  const endless = (askedAt: Date) => Array.from({ length: 150 }, () => charge('tok_broken', askedAt));
  const charges = chargesIn(bed.connection);
  const other = charge('tok_ok', new Date(1));
  await charges.insertMany([...endless(new Date(0)), other, ...endless(new Date(2))]);
  await paymentOf(String(other._id));
  await charges.deleteMany({ token: 'tok_broken' });
});

test('a declined card takes nothing, and another one can pay', async () => {
  const orderId = await publishOrder(bed);
  const refused = await pay(orderId, 'tok_declined').expect(400);
  expect(refused.body).toEqual({ errors: [{ message: 'the card was declined: use another one', field: 'token' }] });
  const { body } = await pay(orderId).expect(201);
  expect(times(provider.charges, body.id)).toBe(1);
});

test('409 for an order that is over, 404 for none, 403 for another one, 400 without a token, 401 without a sign-in', async () => {
  const taken = provider.charges.length;
  const over = await publishOrder(bed);
  await publishOrder(bed, 'cancelled', over);
  await pay(over).expect(409, { errors: [{ message: 'the order is cancelled: nothing was taken' }] });
  await pay(newId()).expect(404);
  const orderId = await publishOrder(bed);
  await pay(orderId, 'tok_ok', as('mallory')).expect(403);
  await pay(orderId, '').expect(400);
  for (const [, headers] of badCredentials()) await pay(orderId, 'tok_ok', headers).expect(401);
  expect(provider.charges).toHaveLength(taken);
});

async function refuse(orderId: string, paymentId: string) {
  const state = { id: paymentId, version: 0, orderId, paymentId, amount: 20, reason: 'order-cancelled' };
  await bed.publish('order:payment-refused', { ...state, meta: newMeta() });
}

const paidBack = (orderId: string) =>
  waitFor(async () => {
    const charges = await chargesIn(bed.connection)
      .find({ paidBackAt: { $exists: true } })
      .toArray();
    return charges.some(({ _id }) => String(_id) === orderId);
  });

test('a refused payment is paid back once, although an answer is lost and the refusal is told again', async () => {
  const orderId = await publishOrder(bed);
  const { body } = await pay(orderId).expect(201);
  provider.lost.answers = 1;
  await refuse(orderId, body.id);
  await paidBack(orderId);
  await refuse(orderId, body.id);
  await refuse(orderId, body.id);
  const other = await publishOrder(bed);
  const { body: later } = await pay(other).expect(201);
  await refuse(other, later.id);
  await paidBack(other);
  expect([times(provider.refunds, body.id), times(provider.refunds, later.id)]).toEqual([1, 1]);
  await pay(orderId).expect(409);
});

test('a re-emission tells each payment, and none that was refused', async () => {
  const [kept, back] = [await publishOrder(bed), await publishOrder(bed)];
  const { body } = await pay(back).expect(201);
  await pay(kept).expect(201);
  await refuse(back, body.id);
  await paidBack(back);
  await reEmit({ ...reEmittedPayments(paymentModel(bed.connection), chargesIn(bed.connection)), publisher: bed });
  const again = () => paid().filter(({ meta }) => meta.snapshot === true);
  await waitFor(() => again().some(({ orderId }) => orderId === kept));
  expect(again().map(({ orderId }) => orderId)).not.toContain(back);
});

test('what cannot be paid back becomes a dead letter, for a person to see', async () => {
  const letters = bed.connection.collection('dead_letters');
  expect(await letters.countDocuments()).toBe(0);
  await refuse(newId(), newId());
  await waitFor(() => letters.countDocuments({ message: /is not known: pay it back by hand/ }));
  const [_id, paymentId] = [new Types.ObjectId(), new Types.ObjectId()];
  await chargesIn(bed.connection).insertOne({ _id, paymentId, token: 'tok_ok', amount: 20 });
  await refuse(String(_id), String(paymentId));
  await waitFor(() => letters.countDocuments({ message: /refuses to give back .*: pay it back by hand/ }));
});
