import { saveAggregate } from '@ticketing/common';
import { newId, TestBed } from '@ticketing/testing';
import { Types } from 'mongoose';
import request from 'supertest';
import { ordersConfig } from '../config';
import { startOrders } from '../service';
import { refusalModel } from './refusal';

let bed: TestBed;
beforeEach(async () => {
  bed = await TestBed.open();
});
afterEach(() => bed.close());

async function refusedBy(url: string): Promise<Record<string, number>> {
  const { text } = await request(url).get('/metrics').expect(200);
  const lines = text.matchAll(/^ticketing_payments_refused_last_hour\{reason="(.+?)",service="orders"\} (.+)$/gm);
  return Object.fromEntries([...lines].map(([, reason = '', count]) => [reason, Number(count)]));
}

test('every process counts what was refused within an hour, by reason, also if the one that did it has died', async () => {
  const Refusal = refusalModel(bed.connection);
  const refuse = async (reason: string) => {
    const refusal = new Refusal({ _id: newId(), orderId: newId(), amount: 20, reason });
    refusal.record('order:payment-refused');
    return saveAggregate(refusal);
  };
  const reasons = ['order-cancelled', 'order-cancelled', 'wrong-amount', 'order-paid'];
  const [, , , old] = await Promise.all(reasons.map(refuse));
  const before = { $set: { updatedAt: new Date(Date.now() - 3_601_000) } };
  await Refusal.collection.updateOne({ _id: new Types.ObjectId(String(old?._id)) }, before);

  const expected = { 'order-cancelled': 2, 'order-paid': 0, 'wrong-amount': 1, 'no-such-order': 0 };
  for (let pod = 0; pod < 2; pod += 1) {
    const { url } = await bed.start(startOrders, ordersConfig);
    expect(await refusedBy(url)).toEqual(expected);
  }
});
