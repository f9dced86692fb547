import { availableParallelism } from 'node:os';
import { startIngress } from '@ticketing/start';
import { appliedBy } from '../cases/counts';
import { inShort, unequal } from '../cases/unequal';
import { watchCpu } from '../world/cpu';
import { closedLoop, othersThan } from '../load/closed-loop';
import { post, put, sell } from '../load/tickets';
import { waitUntil } from '../world/wait-until';
import type { World } from '../world/world';
import type { Costs } from './model';

/** The number of processes of each service, in their queue groups, behind the ingress. */
export interface Scaled {
  readonly processes: number;
  /** Tickets a second, created and replicated. */
  readonly perSecond: number;
  readonly costs: Costs;
  /** The fraction of the machine's cores that these parts kept busy. */
  readonly busy: number;
  readonly broken: readonly string[];
}

/** Creates tickets over 16 connections and waits until every replica is there. */
export async function measureScaled(world: World, processes: number, amount: number): Promise<Scaled> {
  const many = <T>(start: () => Promise<T>) => Promise.all(Array.from({ length: processes }, start));
  const [tickets, orders] = await Promise.all([
    many(() => world.service('tickets')),
    many(() => world.service('orders')),
  ]);
  const ingress = await startIngress({
    port: 0,
    routes: [{ path: '/api/tickets', targets: tickets.map(({ url }) => url) }],
  });
  try {
    const applied = async () => (await Promise.all(orders.map(appliedBy))).reduce((sum, count) => sum + count, 0);
    const warm = 500 * processes;
    const load = { url: ingress.url, connections: 16, ...post };
    await closedLoop({ ...load, amount: warm });
    await waitUntil(applied, warm);
    const pids = (of: typeof tickets, name: string) => of.map(({ pid }, n) => [`${name} ${n}`, pid] as const);
    const all = [...pids(tickets, 'tickets'), ...pids(orders, 'orders'), ['load', process.pid] as const];
    const cpu = await watchCpu({ ...Object.fromEntries(all), ...world.pids });
    const start = performance.now();
    const result = await closedLoop({ ...load, amount });
    const arrived = await waitUntil(applied, warm + amount);
    const tookMs = performance.now() - start;
    const used = await cpu(amount);
    const cost = (part: string) =>
      Object.entries(used).reduce((sum, [name, ms]) => (name.includes(`, ${part}`) ? sum + ms : sum), 0);
    const costs = {
      ...{ tickets: cost('tickets'), orders: cost('orders'), mongo: cost('MongoDB'), nats: cost('NATS') },
      load: cost('load'),
    };
    const total = Object.values(costs).reduce((sum, ms) => sum + ms, 0) * amount;
    return {
      ...{ processes, costs, perSecond: (1_000 * amount) / tookMs },
      busy: total / (tookMs * availableParallelism()),
      broken: [
        ...othersThan(201, result),
        ...(arrived ? [] : ['not every event was applied']),
        ...inShort(await unequal(world)),
      ],
    };
  } finally {
    await ingress.stop();
  }
}

/** How long one write of one ticket takes (ms) while 16 callers change it at once. */
export async function measureOneAggregate(world: World, amount: number): Promise<number> {
  const tickets = await world.service('tickets');
  const { ids } = await sell(tickets.url, 1);
  const load = { url: tickets.url, connections: 16, ...put(ids) };
  await closedLoop({ ...load, amount: amount / 4 });
  return (await closedLoop({ ...load, amount })).tookMs / amount;
}
