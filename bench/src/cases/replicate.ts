import type { BenchCase, Side, Size } from './bench-case';
import { closedLoop, othersThan } from '../load/closed-loop';
import { post, sell } from '../load/tickets';
import { STUCK_MS, waitUntil } from '../world/wait-until';
import { PAIR_MEMORY, plain, services, type StartPair, watchPair } from './pair';
import { inShort, unequal } from './unequal';

const amounts = ({ quick }: Size) => (quick ? { warm: 200, amount: 800 } : { warm: 1_000, amount: 3_000 });

/** Sends the load and waits until every event of it is applied: those that were, by the time of both. */
const creates =
  (start: StartPair): Side =>
  async (world, size) => {
    const pair = await start(world);
    const { tickets, applied } = pair;
    const { warm, amount } = amounts(size);
    await sell(tickets.url, warm);
    await waitUntil(applied, warm);
    const used = await watchPair(world, pair);
    const since = performance.now();
    const result = await closedLoop({ url: tickets.url, connections: 16, amount, ...post });
    const all = await waitUntil(applied, warm + amount);
    const tookMs = performance.now() - since - (all ? 0 : STUCK_MS);
    const also = { 'p99 ms': result.p99Ms, ...(await used(amount)) };
    const lost = warm + amount - (await applied());
    const wrong = await unequal(world);
    return {
      figure: (1_000 * (amount - lost)) / tookMs,
      also: { ...also, 'events not applied': lost, 'wrong replicas': wrong.length },
      broken: [...othersThan(201, result), ...(start === plain ? [] : inShort(wrong))],
    };
  };

/** Created, published, and in the replica. */
export const replicate: BenchCase = {
  ...{ name: 'replicate', title: 'POST /api/tickets over 16 connections, until every replica in orders is equal' },
  ...{ unit: 'tickets/s', better: 'higher', atMost: PAIR_MEMORY },
  ours: creates(services),
  ceilings: [{ name: 'plain: save, and publish without waiting', wanted: 1.3, run: creates(plain) }],
};
