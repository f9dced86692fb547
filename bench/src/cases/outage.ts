import { mongo } from 'mongoose';
import type { BenchCase } from './bench-case';
import { closedLoop, othersThan } from '../load/closed-loop';
import { post } from '../load/tickets';
import { watchCpu } from '../world/cpu';
import { residentMb, watchMemory } from '../world/memory';
import { waitUntil } from '../world/wait-until';
import type { World } from '../world/world';
import { published } from './counts';

const amountOf = (quick: boolean) => (quick ? 2_000 : 20_000);

async function ticketsIn(world: World) {
  return (await world.database('tickets')).collection('tickets');
}

/** Events that are still in an outbox. */
async function pending(world: World): Promise<number> {
  return (await ticketsIn(world)).countDocuments({ 'outbox.at': { $gt: new Date(0) } });
}

/** Leaves copies of a document that our service wrote while the broker was down, with its event in the outbox. */
async function leaveWaiting(world: World, amount: number): Promise<void> {
  const service = await world.service('tickets');
  await world.nats.kill();
  await closedLoop({ url: service.url, connections: 1, amount: 1, ...post });
  await service.kill();
  await world.restartNats();
  const tickets = await ticketsIn(world);
  const written = await tickets.findOne();
  const copies = Array.from({ length: amount }, () => ({ ...written, _id: new mongo.ObjectId() }));
  await tickets.deleteMany({});
  await tickets.insertMany(copies);
}

/**
 * Creates while the broker is away; then it comes back. The rate is that of publishing and removing, from the first
 * event on until no outbox has one.
 */
export const outage: BenchCase = {
  name: 'outage',
  title: '20,000 tickets are created while the broker is down; then they are published and removed from the outboxes',
  unit: 'events/s',
  better: 'higher',
  atMost: { 'peak MB of the catch-up': 150 },
  async ours(world, { quick }) {
    const amount = amountOf(quick);
    const tickets = await world.service('tickets');
    await world.nats.kill();
    const load = { url: tickets.url, connections: 16, amount: amount / 2, ...post };
    const first = await closedLoop(load);
    const halfMb = await residentMb(tickets.pid);
    const second = await closedLoop(load);
    const allMb = await residentMb(tickets.pid);
    const peakMb = watchMemory(tickets.pid);
    await world.restartNats();
    const cpu = await watchCpu({ tickets: tickets.pid, ...world.pids });
    const events = () => published(world, 'ticket:created');
    await waitUntil(events, 1);
    const [from, since] = [await events(), performance.now()];
    const broken = (await waitUntil(events, amount))
      ? []
      : [`only ${await events()} of ${amount} events were published`];
    const publishedMs = performance.now() - since;
    const emptied = await waitUntil(async () => amount - (await pending(world)), amount);
    const tookMs = performance.now() - since;
    if (!emptied) broken.push(`${await pending(world)} events stay in outboxes`);
    return {
      figure: (1_000 * (amount - from)) / tookMs,
      also: {
        ...{ 'creates/s meanwhile': (first.perSecond + second.perSecond) / 2 },
        ...{ 'MB at half': halfMb, 'MB at all': allMb, 'peak MB of the catch-up': peakMb() },
        ...{ 'ms until all are published': publishedMs, ...(await cpu(amount)) },
      },
      broken: [...broken, ...othersThan(201, first), ...othersThan(201, second)],
    };
  },
  ceilings: [
    {
      name: 'bare relay: reads, publishes, marks as published',
      wanted: 0.8,
      async run(world, { quick }) {
        await leaveWaiting(world, amountOf(quick));
        const { url, pid } = await world.ceiling('relay', 'tickets');
        const cpu = await watchCpu({ tickets: pid, ...world.pids });
        const answer = await fetch(`${url}/relay`, { method: 'POST' });
        const { amount, tookMs } = (await answer.json()) as { amount: number; tookMs: number };
        const also = await cpu(amount);
        const marked = await (await ticketsIn(world)).countDocuments({ published: true });
        const broken = marked === amountOf(quick) ? [] : [`marked ${marked} of ${amountOf(quick)} documents`];
        return { figure: (1_000 * amount) / tookMs, also, broken };
      },
    },
  ],
};
