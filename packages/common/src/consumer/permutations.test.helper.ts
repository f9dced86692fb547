import { waitFor } from '@ticketing/testing';
import { type Bench, inOrder, newId, ticketEvent } from './consumer.test.helper';

export const versionsTo = (last: number) => Array.from({ length: last + 1 }, (_, version) => version);

export function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  const orders = items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
  return [...new Map(orders.map((order) => [order.join(), order])).values()];
}

/** Versions from 0 to `last` of a ticket for each of these orders: each ends in the state of the ordered ones, and skips nothing. */
export async function expectOrdered(bench: Bench, last: number, orders: readonly (readonly number[])[]): Promise<void> {
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
  const handled = () => new Set(bench.lines.flatMap(({ outcome, sequence }) => (outcome ? [sequence] : []))).size;
  const counted = async () => (await bench.count('applied')) >= (last + 1) * orders.length;
  const done = async () => handled() === messages && (await counted()) && (await bench.parkedCount()) === 0;
  await waitFor(done, { timeoutMs: 100_000, everyMs: 100 });

  const copies = new Map((await bench.replica.all()).map((copy) => [String(copy._id), copy]));
  const ends = tickets.map(({ id, order }) => {
    const { history, version, title, price } = copies.get(id) ?? {};
    return { order, history, version, title, price };
  });
  const ordered = { history: versionsTo(last), version: last, title: `title ${last}`, price: 10 * last };
  expect(ends).toEqual(tickets.map(({ order }) => ({ order, ...ordered })));
  const { applied, skipped = 0, failed = 0 } = await bench.outcomes();
  expect({ applied, skipped, failed }).toEqual({ applied: (last + 1) * orders.length, skipped: 0, failed: 0 });
}
