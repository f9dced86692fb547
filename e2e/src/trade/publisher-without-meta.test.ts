import { testEngine } from '@ticketing/servers';
import { type ForeignPublisher, foreignPublisher, newId, seededRandom, waitFor } from '@ticketing/testing';
import { Client } from '../system/client.helper';
import { TestSystem } from '../system/system.helper';

/** An independent tickets service: it publishes plain JSON without meta, with the engine's own client. */
let publisher: ForeignPublisher;
let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.open();
  await system.start('orders');
  publisher = await foreignPublisher({ engine: testEngine(), natsUrl: system.nats.url, natsClusterId: 'ticketing' });
});
afterAll(async () => {
  await (publisher as ForeignPublisher | undefined)?.close();
  await system.close();
});

const LAST = 6;
const state = (id: string, version: number) => ({
  id,
  version,
  title: `v${version}`,
  price: 10 + version,
  userId: 'bob',
});

function publish(id: string, version: number): Promise<void> {
  const channel = version === 0 ? 'ticket:created' : 'ticket:updated';
  return publisher.publish(channel, JSON.stringify(state(id, version)));
}

const seed = Number(process.env['TEST_SEED'] || Math.floor(Math.random() * 1_000_000));

test(`orders follows a publisher without meta, in any order and with repetitions (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  const ids = Array.from({ length: 40 }, newId);
  const events = ids.flatMap((id) => Array.from({ length: LAST + 1 }, (_, version) => ({ id, version })));
  const repeated = events.filter(() => random.below(3) === 0);
  for (const { id, version } of random.shuffled([...events, ...repeated])) await publish(id, version);

  const { orders } = system.databases;
  const replicas = () =>
    orders
      .collection('tickets')
      .find({}, { projection: { parked: 0 } })
      .sort({ _id: 1 })
      .toArray();
  const behind = async () => (await replicas()).filter(({ version }) => version !== LAST).length;
  await waitFor(async () => (await replicas()).length === ids.length && (await behind()) === 0);
  const expected = [...ids].sort().map((id) => state(id, LAST));
  expect((await replicas()).map(({ _id, ...rest }) => ({ id: String(_id), ...rest }))).toEqual(expected);
  await waitFor(
    async () => (await orders.collection('tickets').countDocuments({ 'parked.0': { $exists: true } })) === 0,
  );
  expect(await orders.collection('dead_letters').find().toArray()).toEqual([]);

  const order = await new Client(system.url, 'alice').orderSoon(ids[0] ?? '');
  expect(order).toMatchObject({ status: 'created', ticket: { id: ids[0], price: 10 + LAST } });
});
