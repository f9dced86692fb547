import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, ticketEvent } from './consumer.test.helper';

const VERSIONS = [0, 1, 2, 3, 4];

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  const orders = items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
  return [...new Map(orders.map((order) => [order.join(), order])).values()];
}

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

test.each([
  ['with a second copy of the third at every place', permutations([...VERSIONS, 2]), 360],
  ['delivered twice over', permutations(VERSIONS).map((order) => [...order, ...order]), 120],
])(
  'every order of five events, %s, ends in the state of the ordered ones',
  async (_what, orders, howMany) => {
    expect(orders).toHaveLength(howMany);
    await bench.consumer([inOrder('ticket:updated')], {
      settings: { ackWaitMs: 120_000, sweepMs: 1_000 },
    });
    const tickets = orders.map((order) => ({ id: newId(), order }));

    await Promise.all(
      tickets.map(({ id, order }) =>
        bench.publish('ticket:updated', ...order.map((version) => ticketEvent(id, version))),
      ),
    );
    const messages = orders.flat().length;
    const done = async () => (await bench.settled()) >= messages && (await bench.parkedCount()) === 0;
    await waitFor(done, { timeoutMs: 100_000, everyMs: 100 });

    const copies = new Map((await bench.replica.all()).map((copy) => [String(copy._id), copy]));
    const ends = tickets.map(({ id, order }) => {
      const { history, version, title, price } = copies.get(id) ?? {};
      return { order, history, version, title, price };
    });
    const ordered = { history: VERSIONS, version: 4, title: 'title 4', price: 40 };
    expect(ends).toEqual(tickets.map(({ order }) => ({ order, ...ordered })));
    const { applied, skipped = 0, failed = 0 } = await bench.outcomes();
    expect({ applied, skipped, failed }).toEqual({ applied: 5 * orders.length, skipped: 0, failed: 0 });
  },
  120_000,
);
