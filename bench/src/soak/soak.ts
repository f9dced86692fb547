import { setTimeout as sleep } from 'node:timers/promises';
import { appliedBy } from '../cases/counts';
import { inShort, unequal } from '../cases/unequal';
import { closedLoop, othersThan } from '../load/closed-loop';
import { put, sell } from '../load/tickets';
import { residentMb } from '../world/memory';
import { spreadOf } from '../rounds/result';
import { waitUntil } from '../world/wait-until';
import type { World } from '../world/world';

/** A service's memory (MB, resident) over time. */
export interface Memory {
  readonly peakMb: number;
  /** The medians of the second and of the last quarter of the time: flat means that they are the same. */
  readonly earlyMb: number;
  readonly lateMb: number;
}

export interface Soaked {
  readonly minutes: number;
  readonly requests: number;
  readonly tickets: Memory;
  readonly orders: Memory;
  readonly broken: readonly string[];
}

/** Requests of one turn; after each turn there is a pause as long as the turn took, so that the load is steady and bounded. */
const TURN = 400;
const LOOK_EVERY_MS = 2_000;

/** Creates and edits tickets for this long, half of the time under full load, and watches the memory. */
export async function soak(world: World, minutes: number, say: (line: string) => void): Promise<Soaked> {
  const [tickets, orders] = await Promise.all([world.service('tickets'), world.service('orders')]);
  const memory = { tickets: [] as number[], orders: [] as number[] };
  const watching = setInterval(() => {
    void residentMb(tickets.pid).then((mb) => memory.tickets.push(mb));
    void residentMb(orders.pid).then((mb) => memory.orders.push(mb));
  }, LOOK_EVERY_MS);
  const broken: string[] = [];
  let [events, requests] = [0, 0];
  try {
    for (const end = Date.now() + minutes * 60_000; Date.now() < end;) {
      const start = Date.now();
      const { result: created, ids } = await sell(tickets.url, TURN / 2);
      const edited = await closedLoop({ url: tickets.url, connections: 16, amount: TURN / 2, ...put(ids) });
      broken.push(...othersThan(201, created), ...othersThan(200, edited));
      [events, requests] = [events + TURN, requests + TURN];
      if (requests % (10 * TURN) === 0)
        say(`${requests} requests, MB: ${latest(memory.tickets)}, ${latest(memory.orders)}`);
      await sleep(Date.now() - start);
    }
    if (!(await waitUntil(() => appliedBy(orders), events))) broken.push('not every event was applied');
    broken.push(...inShort(await unequal(world)));
  } finally {
    clearInterval(watching);
  }
  return { minutes, requests, tickets: summed(memory.tickets), orders: summed(memory.orders), broken };
}

const latest = (values: readonly number[]) => Math.round(values.at(-1) ?? NaN);

function summed(values: readonly number[]): Memory {
  const quarter = Math.floor(values.length / 4);
  return {
    peakMb: Math.max(...values),
    earlyMb: spreadOf(values.slice(quarter, 2 * quarter)).median,
    lateMb: spreadOf(values.slice(-quarter)).median,
  };
}
