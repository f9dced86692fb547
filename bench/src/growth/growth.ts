import { mongo, type Connection } from 'mongoose';
import { closedLoop, type ClosedLoopOptions, othersThan } from '../load/closed-loop';
import { post, put, replicaOf } from '../load/tickets';
import type { World } from '../world/world';
import type { InWorld } from '../world/worlds';

/** The median of each operation (ms), one at a time, at a number of tickets. */
export interface Grown {
  readonly documents: number;
  readonly ms: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
}

type Operation = Pick<ClosedLoopOptions, 'method' | 'request'> & { readonly status: number };

/** How many documents are inserted at a time. */
const BATCH = 1_000;
const EACH = 200;

/** Measures with this many tickets. @param scans also measures reads that need an index, which only a mongod uses */
export async function measureGrown(world: World, documents: number, scans: boolean): Promise<Grown> {
  const tickets = await world.service('tickets');
  const ids = await fill(await world.database('tickets'), documents);
  const scattered = ids.map((_, n) => ids[(n * 7_919) % ids.length] ?? '');
  const deep = ids[Math.floor(ids.length / 10)] ?? '';
  const operations: Record<string, Operation> = {
    create: { status: 201, ...post },
    update: { status: 200, ...put(scattered) },
    show: {
      method: 'GET',
      status: 200,
      request: (n) => ({ path: `/api/tickets/${scattered[n % scattered.length] ?? ''}` }),
    },
    ...(scans && {
      list: { method: 'GET', status: 200, request: () => ({ path: '/api/tickets' }) },
      'list deep': { method: 'GET', status: 200, request: () => ({ path: `/api/tickets?cursor=${deep}` }) },
    }),
  };
  const ms: Record<string, number> = {};
  const broken: string[] = [];
  for (const [name, { method, status, request }] of Object.entries(operations)) {
    const load = { url: tickets.url, connections: 1, method, request };
    await closedLoop({ ...load, amount: EACH });
    const result = await closedLoop({ ...load, amount: EACH });
    broken.push(...othersThan(status, result).map((what) => `${name}: ${what}`));
    ms[name] = result.p50Ms;
  }
  return { documents, ms, broken };
}

/** Tickets as the service writes them, with nothing pending. */
async function fill(connection: Connection, documents: number): Promise<string[]> {
  const ids: string[] = [];
  const reservation = { number: 0, state: 'released' };
  for (let done = 0; done < documents; done += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, documents - done) }, (_, n) => {
      const now = new Date();
      const dates = { createdAt: now, updatedAt: now };
      return { _id: new mongo.ObjectId(), ...replicaOf(done + n), reservation, ...dates, outbox: [] };
    });
    await connection.collection('tickets').insertMany(batch);
    ids.push(...batch.map(({ _id }) => _id.toHexString()));
  }
  return ids;
}

/**
 * Measures at 1,000 tickets and at growing numbers. On the substitute, whose indexes do not speed up reads, only up to
 * 20,000 and only operations by `_id`; it says so.
 */
export async function growth(inWorld: InWorld, isMongod: boolean, say: (line: string) => void): Promise<Grown[]> {
  if (!isMongod) say('skipped: lists, and more than 20,000 tickets (they need a mongod: set MONGO_URI)');
  const results: Grown[] = [];
  for (const documents of isMongod ? [1_000, 100_000, 1_000_000] : [1_000, 5_000, 20_000]) {
    const grown = await inWorld((world) => measureGrown(world, documents, isMongod));
    say(
      `${documents} tickets: ${Object.entries(grown.ms)
        .map(([name, ms]) => `${name} ${ms.toFixed(2)} ms`)
        .join(', ')}`,
    );
    results.push(grown);
  }
  return results;
}
