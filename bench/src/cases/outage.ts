import type { BenchCase } from './bench-case';
import { closedLoop, othersThan } from '../load/closed-loop';
import { post, replicaOf } from '../load/tickets';
import { residentMb, watchMemory } from '../world/memory';
import { waitUntil } from '../world/wait-until';
import type { World } from '../world/world';
import { published } from './counts';

const amountOf = (quick: boolean) => (quick ? 2_000 : 20_000);

/** Events that are still in an outbox. */
async function pending(world: World): Promise<number> {
  const tickets = (await world.database('tickets')).collection('tickets');
  return tickets.countDocuments({ 'outbox.at': { $gt: new Date(0) } });
}

/**
 * Creates while the broker is away; then it comes back. The rate is that of publishing, from the first event on.
 */
export const outage: BenchCase = {
  name: 'outage',
  title: '20,000 tickets are created while the broker is down; then they are published',
  unit: 'events/s',
  better: 'higher',
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
    const events = () => published(world, 'ticket:created');
    await waitUntil(events, 1);
    const [from, since] = [await events(), performance.now()];
    const broken = (await waitUntil(events, amount))
      ? []
      : [`only ${await events()} of ${amount} events were published`];
    const tookMs = performance.now() - since;
    const emptied = await waitUntil(async () => amount - (await pending(world)), amount);
    if (!emptied) broken.push(`${await pending(world)} events stay in outboxes`);
    return {
      figure: (1_000 * (amount - from)) / tookMs,
      also: {
        ...{ 'creates/s meanwhile': (first.perSecond + second.perSecond) / 2 },
        ...{ 'MB at half': halfMb, 'MB at all': allMb, 'peak MB of the catch-up': peakMb() },
        'ms until outboxes are empty': performance.now() - since,
      },
      broken: [...broken, ...othersThan(201, first), ...othersThan(201, second)],
    };
  },
  ceilings: [
    {
      name: 'bare publisher, 1,000 on their way',
      wanted: 0.5,
      async run(world, { quick }) {
        const { url } = await world.ceiling('publish', 'tickets');
        const amount = amountOf(quick);
        const meta = { id: '00000000-0000-4000-8000-000000000000', occurredAt: new Date().toISOString() };
        const state = { id: '0'.repeat(24), ...replicaOf(0), meta };
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ amount, payload: JSON.stringify(state) });
        const answer = await fetch(`${url}/publish`, { method: 'POST', headers, body });
        const { tookMs } = (await answer.json()) as { tookMs: number };
        return { figure: (1_000 * amount) / tookMs };
      },
    },
  ],
};
