import { signToken } from '@ticketing/common';
import { mongo, type Connection } from 'mongoose';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'node:http';
import type { BenchCase, Measured, Size } from './bench-case';
import { percentiles, USER } from '../load/closed-loop';
import { concert, replicaOf } from '../load/tickets';
import { openLoop } from '../load/open-loop';
import { JWT_KEY, type World } from '../world/world';

const PER_SECOND = 50;
/** The time between two looks (ms). Each look is a read, and the figures are too high by this at most. */
const LOOK_EVERY_MS = 3;
const LOST_AFTER_MS = 20_000;

/** Time from when the request was due until the ticket is in orders' database (by looking every 3 ms). */
export const latency: BenchCase = {
  name: 'latency',
  title: 'from POST /api/tickets until the replica is seen, 50 a second, open loop: the median',
  unit: 'ms',
  better: 'lower',
  atMost: { 'p99 ms': 40 },
  async ours(world, size) {
    const [tickets, , orders] = await Promise.all([
      world.service('tickets'),
      world.service('orders'),
      world.database('orders'),
    ]);
    const create = creator(tickets.url);
    const measured = await paced(size, async (n, due) => {
      const id = await create(n);
      const replied = performance.now() - due;
      return { replied, there: (await seen(orders, id)) - due };
    });
    const arrivals = figures(measured.map(({ there }) => there));
    // The reply waits for the ticket's own write; the rest is the publish, the replica's write and the look.
    const { p50Ms } = percentiles(measured.map(({ replied }) => replied));
    return { ...arrivals, also: { ...arrivals.also, 'p50 ms until the reply': p50Ms } };
  },
  ceilings: [
    {
      name: 'the sum of its parts, each measured bare',
      wanted: 1.15,
      async run(world, size) {
        const parts = [await inserted(world, size), await received(world, size), await updated(world, size)];
        const [insert = NaN, receive = NaN, update = NaN] = parts.map(({ figure }) => figure);
        return {
          figure: insert + receive + update,
          also: {
            ...{ 'p50 ms, Express and one insert': insert, 'p50 ms, publish to receive': receive },
            ...{ 'p50 ms, conditional update until it is seen': update },
          },
          broken: parts.flatMap(({ broken = [] }) => broken),
        };
      },
    },
  ],
};

const amounts = ({ quick }: Size) => (quick ? { warm: 50, amount: 100 } : { warm: 100, amount: 600 });

/** Runs a task 50 times a second, first to get warm. */
async function paced<T>(size: Size, task: (n: number, due: number) => Promise<T>): Promise<T[]> {
  const { warm, amount } = amounts(size);
  await openLoop(PER_SECOND, warm, task);
  return openLoop(PER_SECOND, amount, (n, due) => task(warm + n, due));
}

/** From the request until the reply. */
async function inserted(world: World, size: Size): Promise<Measured> {
  const create = creator((await world.ceiling('write', 'tickets')).url);
  return figures(await paced(size, (n, due) => create(n).then(() => performance.now() - due)));
}

/** From the publish until the message is received. */
async function received(world: World, size: Size): Promise<Measured> {
  const { url } = await world.ceiling('receive', 'tickets');
  const get = async (amount: number) =>
    (await (await fetch(`${url}/latencies?perSecond=${PER_SECOND}&amount=${amount}`)).json()) as number[];
  await get(amounts(size).warm);
  return figures(await get(amounts(size).amount));
}

/** From a write like that of a replica until it is seen, looked for in the same way. */
async function updated(world: World, size: Size): Promise<Measured> {
  const orders = await world.database('orders');
  const tickets = orders.collection('tickets', { writeConcern: { w: 'majority', journal: true } });
  const write = async (n: number, due: number) => {
    const _id = new mongo.ObjectId();
    const [{ version, ...state }, at] = [replicaOf(n), { $lt: 0 }];
    const filter = { _id, version: at, 'parked.0': { $exists: false } };
    const written = tickets.updateOne(filter, { $set: { ...state, version }, $unset: { ended: '' } }, { upsert: true });
    const there = await seen(orders, _id.toHexString());
    await written;
    return there - due;
  };
  return figures(await paced(size, write));
}

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

/** Creates the n-th ticket over a kept connection; resolves with its id when the reply is there. */
function creator(url: string): (n: number) => Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const token = signToken(USER, JWT_KEY);
  return (n) => createOne(agent, url, token, n);
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
