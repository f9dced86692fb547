import type { BenchCase, Side, Size } from './bench-case';
import { closedLoop, othersThan } from '../load/closed-loop';
import { put, sell } from '../load/tickets';
import { STUCK_MS, waitUntil } from '../world/wait-until';
import type { World } from '../world/world';
import { published } from './counts';
import { PAIR_MEMORY, plain, services, type StartPair, watchPair } from './pair';
import { inShort, unequal } from './unequal';

const TICKETS = 200;
const CONNECTIONS = 16;
/** So many requests in a row want the same ticket: as many as there are connections, or fewer, so that plain rests sooner. */
const amounts = ({ quick }: Size) =>
  quick ? { warm: 80, amount: 400, inARow: 4 } : { warm: 1_000, amount: 3_000, inARow: CONNECTIONS };

/** The sum of all versions in a service's tickets. */
async function versions(world: World, of: 'tickets' | 'orders'): Promise<number> {
  const tickets = (await world.database(of)).collection<{ version: number }>('tickets');
  const found = await tickets.find({}, { projection: { version: 1 } }).toArray();
  return found.reduce((sum, { version }) => sum + version, 0);
}

/** Edits that succeed, by the time until their replies; then it waits until nothing changes any more. */
const edits =
  (start: StartPair): Side =>
  async (world, size) => {
    const pair = await start(world);
    const { url } = pair.tickets;
    const { warm, amount, inARow } = amounts(size);
    const { ids } = await sell(url, TICKETS);
    await waitUntil(pair.applied, TICKETS);
    const load = { url, connections: CONNECTIONS, ...put(ids, inARow) };
    await closedLoop({ ...load, amount: warm });
    const used = await watchPair(world, pair);
    const result = await closedLoop({ ...load, amount });
    const since = performance.now();
    const succeeded = result.statuses.get(200) ?? 0;
    const costs = await used(succeeded); // takes 250 ms: the looks that follow would be in it
    const also = { 'p50 ms': result.p50Ms, 'p99 ms': result.p99Ms, 'p99 / p50': result.p99Ms / result.p50Ms };
    const saved = await versions(world, 'tickets');
    const all = await waitUntil(() => versions(world, 'orders'), saved);
    const afterMs = performance.now() - since - (all ? 0 : STUCK_MS);
    const wrong = await unequal(world);
    const lost = TICKETS + saved - (await published(world, 'ticket:created', 'ticket:updated'));
    return {
      figure: (1_000 * succeeded) / result.tookMs,
      also: {
        ...{ ...also, 'requests that fail': amount - succeeded, 'events not published': lost },
        ...{ 'wrong replicas': wrong.length, 'ms until replicas rest': afterMs, ...costs },
      },
      broken: start === plain ? [] : [...othersThan(200, result), ...inShort(wrong)],
    };
  };

/** Changes of the same tickets at the same time. */
export const edit: BenchCase = {
  ...{ name: 'edit', title: 'PUT over 16 connections, 16 in a row for each of 200 tickets: those that succeed' },
  ...{ unit: 'edits/s', better: 'higher', atMost: { 'p99 / p50': 4, ...PAIR_MEMORY } },
  ours: edits(services),
  ceilings: [{ name: 'plain: find, save, and publish without waiting', wanted: 2, run: edits(plain) }],
};
