import type { ServiceProcess } from '@ticketing/start';
import type { BenchCase, Measured, Side } from '../bench-case';
import { closedLoop, type ClosedLoopOptions, othersThan } from '../load/closed-loop';
import { watchCpu } from '../cpu';
import { watchMemory } from '../memory';
import { waitUntil } from '../wait-until';
import type { World } from '../world';
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

const create = (n: number) => ({ path: '/api/tickets', body: { title: `Concert ${n}`, price: 10 + (n % 90) } });

/** Creates so many tickets by 16 connections; their ids. */
async function createSome(url: string, amount: number): Promise<string[]> {
  const ids: string[] = [];
  const onReply = (_status: number, body: string) => void ids.push((JSON.parse(body) as { id: string }).id);
  await closedLoop({ url, method: 'POST', connections: 16, amount, request: create, onReply });
  return ids;
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

const creates =
  (start: (world: World) => Promise<Pair>): Side =>
  async (world, { quick }) => {
    const pair = await start(world);
    const warm = quick ? 200 : 1_000;
    await createSome(pair.tickets.url, warm);
    await waitUntil(pair.applied, warm);
    return checked(
      world,
      await until(world, pair, { method: 'POST', amount: quick ? 800 : 3_000, request: create }, 201),
    );
  };

const updates =
  (start: (world: World) => Promise<Pair>): Side =>
  async (world, { quick }) => {
    const pair = await start(world);
    const ids = await createSome(pair.tickets.url, 200);
    const request = (n: number) => ({
      path: `/api/tickets/${ids[n % ids.length] ?? ''}`,
      body: { title: `Concert ${n}`, price: 10 + (n % 90) },
    });
    const put = (amount: number) => until(world, pair, { method: 'PUT', amount, request }, 200);
    await waitUntil(pair.applied, 200);
    await put(quick ? 200 : 1_000);
    return checked(world, await put(quick ? 800 : 3_000));
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
