import { mongo } from 'mongoose';
import type { BenchCase, Measured, Side } from './bench-case';
import { closedLoop, type LoadResult } from '../load/closed-loop';
import { replicaOf } from '../load/tickets';
import { watchCpu } from '../world/cpu';
import { watchMemory } from '../world/memory';
import type { ServiceProcess } from '@ticketing/start';
import type { World } from '../world/world';

const amountOf = (quick: boolean) => (quick ? 300 : 1_000);

/** Tickets in orders' replica. */
async function replicas(world: World, amount: number): Promise<string[]> {
  const tickets = Array.from({ length: amount }, (_, n) => ({ _id: new mongo.ObjectId(), ...replicaOf(n) }));
  await (await world.database('orders')).collection('tickets').insertMany(tickets);
  return tickets.map(({ _id }) => _id.toHexString());
}

interface Burst {
  readonly process: ServiceProcess;
  readonly path: string;
  /** The ticket of each request; all are sent at once, each over a connection of its own. */
  readonly tickets: readonly string[];
}

/** Orders at once. Also gives how many were won, by ticket. */
async function burst({ process, path, tickets }: Burst): Promise<{ result: LoadResult; won: Map<string, number> }> {
  const won = new Map<string, number>();
  const onReply = (status: number, body: string) => {
    if (status !== 201) return;
    const { ticket } = JSON.parse(body) as { ticket: { id: string } };
    won.set(ticket.id, (won.get(ticket.id) ?? 0) + 1);
  };
  const request = (n: number) => ({ path, body: { ticketId: tickets[n % tickets.length] } });
  const amount = tickets.length;
  const result = await closedLoop({ url: process.url, method: 'POST', connections: amount, amount, request, onReply });
  return { result, won };
}

const side =
  (start: (world: World) => Promise<ServiceProcess>, path: string, oneTicket: boolean, winners: boolean): Side =>
  async (world, { quick }): Promise<Measured> => {
    const process = await start(world);
    const amount = amountOf(quick);
    const all = await replicas(world, 2 * amount + 1);
    const [warm, rest, one] = [all.slice(0, amount), all.slice(amount, 2 * amount), all.slice(-1)];
    await burst({ process, path, tickets: warm });
    const peakMb = watchMemory(process.pid);
    const tickets = oneTicket ? rest.map(() => one[0] ?? '') : rest;
    const cpu = await watchCpu({ orders: process.pid, ...world.pids });
    const { result, won } = await burst({ process, path, tickets });
    const also = { 'p99 ms': result.p99Ms, 'peak MB': peakMb(), ...(await cpu(tickets.length)) };
    const expected = new Set(tickets);
    const wrong = [...expected].filter((id) => (won.get(id) ?? 0) !== 1).length;
    const broken = winners && wrong > 0 ? [`${wrong} of ${expected.size} tickets had not exactly one winner`] : [];
    const strange = [...result.statuses.keys()].filter((status) => status !== 201 && status !== 409);
    if (strange.length > 0) broken.push(`requests were answered with ${strange.join(', ')}`);
    return { figure: result.perSecond, also, broken };
  };

const orders = (world: World) => world.service('orders');
const bare = (world: World) => world.ceiling('orders', 'orders');
const rate = { unit: 'requests/s', better: 'higher', atMost: { 'peak MB': 150 } } as const;

/** Each request wants a different ticket. */
export const reserveMany: BenchCase = {
  ...{ name: 'reserve-many', title: '1,000 simultaneous orders for 1,000 tickets', ...rate },
  ours: side(orders, '/api/orders', false, true),
  ceilings: [{ name: 'bare insert on the same unique index', wanted: 0.7, run: side(bare, '/insert', false, false) }],
};

/** All requests want the same ticket; one wins. */
export const reserveOne: BenchCase = {
  ...{ name: 'reserve-one', title: '1,000 simultaneous orders for one ticket', ...rate },
  ours: side(orders, '/api/orders', true, true),
  ceilings: [{ name: 'bare read', wanted: 0.5, run: side(bare, '/read', true, false) }],
};
