import { newId, newMeta } from '@ticketing/testing';
import { Types } from 'mongoose';
import { RebuildBench } from './rebuild.test.helper';

let bench: RebuildBench;
afterEach(() => bench.close());

test('what is parked beyond the history is parked in the rebuilt replica, and applied in its turn', async () => {
  bench = await RebuildBench.open();
  const [known = '', ahead = ''] = await bench.sell(2, 1);
  const unknown = newId();
  const parked = (id: string, version: number) => {
    const from = { group: 'orders-service', channel: 'ticket:updated', sequence: 9_000 + version, storedAt: 1 };
    const state = { id, version, title: `v${version}`, price: 10 + version, userId: 'alice', meta: newMeta() };
    return { version, event: JSON.stringify(state), at: new Date(), from };
  };
  const park = (id: string, ...events: object[]) =>
    bench.replica.updateOne(
      { _id: new Types.ObjectId(id) },
      { $set: { parked: events }, $setOnInsert: { version: -1 } },
      { upsert: true },
    );
  await park(known, parked(known, 1), parked(known, 3)); // of which the channel no longer has version 3
  await park(ahead, parked(ahead, 2));
  await park(unknown, parked(unknown, 1));
  expect(await bench.rebuild()).toMatchObject({ aggregates: 2 });
  await bench.replicaIs({ [ahead]: 1, [known]: 1, [unknown]: -1 });
  await bench.publish(ahead, 1); // seen, and so it looks
  await bench.publish(known, 2);
  await bench.publish(unknown, 0);
  await bench.replicaIs({ [known]: 3, [ahead]: 2, [unknown]: 1 });
  expect((await bench.replica.listIndexes().toArray()).map(({ name }) => String(name))).toContain('parked_events');

  await park(known, parked(known, 9));
  await bench.rebuild({ force: true });
  expect(await bench.replica.countDocuments({ 'parked.0': { $exists: true } })).toBe(0);
});
