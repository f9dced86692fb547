import type { ServiceProcess } from '@ticketing/start';
import { watchCpu } from '../world/cpu';
import { watchMemory } from '../world/memory';
import type { World } from '../world/world';
import { appliedBy, appliedByBare } from './counts';

/** The processes of a side that sells and keeps a replica. */
export interface Pair {
  readonly tickets: ServiceProcess;
  readonly orders: ServiceProcess;
  /** How many events `orders` has applied. */
  readonly applied: () => Promise<number>;
}

/** Starts a pair. */
export type StartPair = (world: World) => Promise<Pair>;

export const services: StartPair = async (world) => {
  const [tickets, orders] = await Promise.all([world.service('tickets'), world.service('orders')]);
  return { tickets, orders, applied: () => appliedBy(orders) };
};

/** The usual way: it saves, and publishes without waiting; its listeners look up the version before their own. */
export const plain: StartPair = async (world) => {
  const orders = await world.ceiling('plain-orders', 'orders');
  const tickets = await world.ceiling('plain-tickets', 'tickets');
  return { tickets, orders, applied: () => appliedByBare(orders) };
};

/** The most memory that each has from now on (MB), and the CPU time of all, servers included, divided by `by` (ms). */
export async function watchPair(world: World, { tickets, orders }: Pair) {
  const [ticketsMb, ordersMb] = [watchMemory(tickets.pid), watchMemory(orders.pid)];
  const cpu = await watchCpu({ tickets: tickets.pid, orders: orders.pid, ...world.pids });
  return async (by: number): Promise<Record<string, number>> => ({
    ...{ 'peak MB, tickets': ticketsMb(), 'peak MB, orders': ordersMb() },
    ...(await cpu(by)),
  });
}

/** The goal for the memory of each (MB). */
export const PAIR_MEMORY = { 'peak MB, tickets': 150, 'peak MB, orders': 150 } as const;
