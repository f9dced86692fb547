import { signToken } from '@ticketing/common';
import { mongo, type Connection } from 'mongoose';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'node:http';
import type { BenchCase, Measured } from './bench-case';
import { percentiles, USER } from '../load/closed-loop';
import { concert } from '../load/tickets';
import { openLoop } from '../load/open-loop';
import { JWT_KEY } from '../world/world';

const PER_SECOND = 50;
/** The time between two looks (ms). Each look is a read, and the figures are too high by this at most. */
const LOOK_EVERY_MS = 3;
const LOST_AFTER_MS = 20_000;

/** Time from when the request was due until the ticket is in orders' database (by looking every 3 ms). */
export const latency: BenchCase = {
  name: 'latency',
  title: 'from POST /api/tickets to the replica, 50 a second, open loop: the median',
  unit: 'ms',
  better: 'lower',
  async ours(world, { quick }) {
    const [tickets, , orders] = await Promise.all([
      world.service('tickets'),
      world.service('orders'),
      world.database('orders'),
    ]);
    const agent = new Agent({ keepAlive: true });
    const token = signToken(USER, JWT_KEY);
    const once = async (n: number, due: number) => {
      const id = await createOne(agent, tickets.url, token, n);
      const replied = performance.now() - due;
      return { replied, there: (await seen(orders, id)) - due };
    };
    await openLoop(PER_SECOND, 100, once);
    const measured = await openLoop(PER_SECOND, quick ? 150 : 600, once);
    const arrivals = figures(measured.map(({ there }) => there));
    // The reply waits for the ticket's own write; the rest is the publish, the replica's write and the look.
    const { p50Ms } = percentiles(measured.map(({ replied }) => replied));
    return { ...arrivals, also: { ...arrivals.also, 'p50 ms until the reply': p50Ms } };
  },
  ceilings: [
    {
      name: 'publish to receive, bare client',
      wanted: 3,
      async run(world, { quick }) {
        const { url } = await world.ceiling('receive', 'tickets');
        const get = async (amount: number) =>
          (await (await fetch(`${url}/latencies?perSecond=${PER_SECOND}&amount=${amount}`)).json()) as number[];
        await get(100);
        return figures(await get(quick ? 150 : 600));
      },
    },
  ],
};

function figures(latencies: readonly number[]): Measured {
  const { p50Ms, p99Ms } = percentiles(latencies);
  const lost = latencies.filter((ms) => !Number.isFinite(ms)).length;
  return { figure: p50Ms, also: { 'p99 ms': p99Ms }, broken: lost > 0 ? [`${lost} tickets never came`] : [] };
}

/** When it was there (performance.now()); Infinity if it did not arrive. */
async function seen(orders: Connection, id: string): Promise<number> {
  const _id = new mongo.ObjectId(id);
  for (const until = performance.now() + LOST_AFTER_MS; performance.now() < until; await sleep(LOOK_EVERY_MS)) {
    if (await orders.collection('tickets').findOne({ _id }, { projection: { _id: 1 } })) return performance.now();
  }
  return Infinity;
}

function createOne(agent: Agent, url: string, token: string, n: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(`${url}/api/tickets`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => {
        if (response.statusCode === 201) resolve((JSON.parse(text) as { id: string }).id);
        else reject(new Error(`a create was answered with ${response.statusCode}: ${text}`));
      });
    });
    sent.once('error', reject);
    sent.end(JSON.stringify(concert(n)));
  });
}
