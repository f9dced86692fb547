import type { ServiceProcess } from '@ticketing/start';
import type { BenchCase, Measured, Side, Size } from './bench-case';
import { closedLoop, type ClosedLoopOptions, othersThan } from '../load/closed-loop';
import { post, put, sell } from '../load/tickets';
import { watchCpu } from '../world/cpu';
import { watchMemory } from '../world/memory';
import { waitUntil } from '../world/wait-until';
import type { World } from '../world/world';
import { appliedBy, appliedByBare } from './counts';
import { unequal } from './unequal';

/** The two processes of a side, and how many events the second one has applied. */
interface Pair {
  readonly tickets: ServiceProcess;
  readonly orders: ServiceProcess;
  readonly applied: () => Promise<number>;
}

async function services(world: World): Promise<Pair> {
  const [tickets, orders] = await Promise.all([world.service('tickets'), world.service('orders')]);
  return { tickets, orders, applied: () => appliedBy(orders) };
}

async function bare(world: World): Promise<Pair> {
  const orders = await world.ceiling('subscribe', 'orders');
  const tickets = await world.ceiling('write', 'tickets', { PUBLISH: 'yes' });
  return { tickets, orders, applied: () => appliedByBare(orders) };
}

/** Sends the load and waits until every event of it is applied: events by the time of both. */
async function until(
  world: World,
  { tickets, orders, applied }: Pair,
  load: Pick<ClosedLoopOptions, 'method' | 'amount' | 'request'>,
  status: number,
): Promise<Measured> {
  const before = await applied();
  const [ticketsMb, ordersMb] = [watchMemory(tickets.pid), watchMemory(orders.pid)];
  const cpu = await watchCpu({ tickets: tickets.pid, orders: orders.pid, ...world.pids });
  const start = performance.now();
  const result = await closedLoop({ url: tickets.url, connections: 16, ...load });
  const arrived = await waitUntil(applied, before + load.amount);
  const tookMs = performance.now() - start;
  const late = arrived ? [] : [`only ${(await applied()) - before} of ${load.amount} events were applied`];
  return {
    figure: (1_000 * load.amount) / tookMs,
    also: {
      ...{ 'p99 ms': result.p99Ms, 'tickets peak MB': ticketsMb(), 'orders peak MB': ordersMb() },
      ...(await cpu(load.amount)),
    },
    broken: [...othersThan(status, result), ...late],
  };
}

async function checked(world: World, measured: Measured): Promise<Measured> {
  return { ...measured, broken: [...(measured.broken ?? []), ...(await unequal(world))] };
}

const amounts = ({ quick }: Size) => (quick ? { warm: 200, amount: 800 } : { warm: 1_000, amount: 3_000 });

const creates =
  (start: (world: World) => Promise<Pair>): Side =>
  async (world, size) => {
    const pair = await start(world);
    const { warm, amount } = amounts(size);
    await sell(pair.tickets.url, warm);
    await waitUntil(pair.applied, warm);
    return checked(world, await until(world, pair, { ...post, amount }, 201));
  };

const updates =
  (start: (world: World) => Promise<Pair>): Side =>
  async (world, size) => {
    const pair = await start(world);
    const { warm, amount } = amounts(size);
    const { ids } = await sell(pair.tickets.url, 200);
    await waitUntil(pair.applied, 200);
    await until(world, pair, { ...put(ids), amount: warm }, 200);
    return checked(world, await until(world, pair, { ...put(ids), amount }, 200));
  };

const rate = { unit: 'tickets/s', better: 'higher' } as const;

/** Created, published, and in the replica. */
export const replicate: BenchCase = {
  ...{
    name: 'replicate',
    title: 'POST /api/tickets over 16 connections, until every replica in orders is equal',
    ...rate,
  },
  ours: creates(services),
  ceilings: [{ name: 'bare insert, publish, subscriber that inserts', wanted: 0.5, run: creates(bare) }],
};

/** Changed, published, and changed in the replica. */
export const update: BenchCase = {
  ...{
    name: 'update',
    title: 'PUT on 200 tickets over 16 connections, until every replica in orders is equal',
    ...rate,
  },
  ours: updates(services),
  ceilings: [{ name: 'bare update, publish, subscriber that updates', wanted: 0.5, run: updates(bare) }],
};
