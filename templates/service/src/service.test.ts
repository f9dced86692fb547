import { badCredentials, newId, TestBed, waitFor } from '@ticketing/testing';
import { Types } from 'mongoose';
import request from 'supertest';
import { newThingsConfig } from './config';
import { as, publishOrder } from './orders.test.helper';
import { startNewThings } from './service';

let bed: TestBed;
let url: string;

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startNewThings, newThingsConfig));
});
afterAll(() => bed.close());

const post = (body: object, headers: Record<string, string> = as('bob')) =>
  request(url).post('/api/new-things').set(headers).send(body);

test('201: a new thing with the price of the order, and one event with the same state', async () => {
  const events = bed.events('new-thing:created');
  const orderId = await publishOrder(bed);
  const { body } = await post({ orderId }).expect(201);
  expect(body).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/), version: 0, orderId, amount: 20 });
  const event = await waitFor(() => events.find(({ id }) => id === body.id));
  expect(event).toEqual({ ...body, meta: expect.anything() });
});

test('a repeat with the same key gets the first result', async () => {
  const orderId = await publishOrder(bed);
  const headers = { ...as('bob'), 'Idempotency-Key': newId() };
  const first = await post({ orderId }, headers).expect(201);
  const again = await post({ orderId }, headers).expect(201).expect('Idempotency-Replayed', 'true');
  expect(again.body).toEqual(first.body);
  await post({ orderId: await publishOrder(bed) }, headers).expect(422);
});

test('404 for no such order, 403 for that of somebody else, 400 for no order, 401 without a sign-in', async () => {
  await post({ orderId: newId() }).expect(404);
  await post({ orderId: 'none' }).expect(404);
  await post({ orderId: await publishOrder(bed) }, as('mallory')).expect(403);
  await post({}).expect(400, { errors: [{ message: 'the id of an order is needed', field: 'orderId' }] });
  for (const [, headers] of badCredentials()) await post({ orderId: newId() }, headers).expect(401);
});

test('the replica follows its order', async () => {
  const id = await publishOrder(bed);
  await publishOrder(bed, 'cancelled', id);
  const replica = await bed.connection.collection('orders').findOne({ _id: new Types.ObjectId(id) });
  expect(replica).toMatchObject({ version: 1, userId: 'bob', status: 'cancelled', price: 20 });
});

test('nothing became a dead letter', async () => {
  expect(await bed.connection.collection('dead_letters').countDocuments()).toBe(0);
});
