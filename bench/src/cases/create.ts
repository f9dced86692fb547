import type { BenchCase, Measured, Size } from './bench-case';
import { closedLoop, othersThan } from '../load/closed-loop';
import { post } from '../load/tickets';
import { watchCpu } from '../world/cpu';
import { watchMemory } from '../world/memory';
import type { ServiceProcess } from '@ticketing/start';
import { waitUntil } from '../world/wait-until';
import type { World } from '../world/world';
import { published } from './counts';

const amounts = ({ quick }: Size) => (quick ? { warm: 300, amount: 1_000 } : { warm: 1_000, amount: 3_000 });

/** Creates tickets over 16 connections, after a warm-up. */
export async function createTickets(world: World, process: ServiceProcess, size: Size): Promise<Measured> {
  const { warm, amount } = amounts(size);
  const load = { url: process.url, connections: 16, ...post };
  await closedLoop({ ...load, amount: warm });
  const peakMb = watchMemory(process.pid);
  const cpu = await watchCpu({ tickets: process.pid, ...world.pids });
  const result = await closedLoop({ ...load, amount });
  const also = { 'p50 ms': result.p50Ms, 'p99 ms': result.p99Ms, 'peak MB': peakMb(), ...(await cpu(amount)) };
  return { figure: result.perSecond, also, broken: othersThan(201, result) };
}

/** `POST /api/tickets` with its event, without a consumer. */
export const create: BenchCase = {
  name: 'create',
  title: 'POST /api/tickets over 16 connections, each with its event; orders does not run',
  unit: 'requests/s',
  better: 'higher',
  atMost: { 'peak MB': 150 },
  async ours(world, size) {
    const measured = await createTickets(world, await world.service('tickets'), size);
    const { warm, amount } = amounts(size);
    const events = () => published(world, 'ticket:created');
    if (await waitUntil(events, warm + amount)) return measured;
    return {
      ...measured,
      broken: [...(measured.broken ?? []), `only ${await events()} of ${warm + amount} published`],
    };
  },
  ceilings: [
    {
      name: 'Express and one insert, no event',
      wanted: 0.7,
      run: async (world, size) => createTickets(world, await world.ceiling('write', 'tickets'), size),
    },
    {
      name: 'Mongoose save, then awaited publish',
      wanted: 1,
      run: async (world, size) =>
        createTickets(world, await world.ceiling('plain-tickets', 'tickets', { AWAIT_PUBLISH: 'yes' }), size),
    },
  ],
};
