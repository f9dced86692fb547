import { encodeEvent } from '@ticketing/common';
import { seededRandom } from '@ticketing/testing';
import { randomUUID } from 'node:crypto';
import { mongo } from 'mongoose';
import type { BenchCase, Measured, Side, Size } from './bench-case';
import { watchCpu } from '../world/cpu';
import { replicaOf } from '../load/tickets';
import { watchMemory } from '../world/memory';
import { bareClient } from '../world/bare-client';
import { publishAll } from '../world/publish-all';
import { waitUntil } from '../world/wait-until';
import type { World } from '../world/world';
import { appliedBy, appliedByBare } from './counts';

const TICKETS = 500;
/** Messages are shuffled only within blocks of this size. */
const WINDOW = 50;
const COPIES = 0.05;

interface Backlog {
  readonly ids: readonly string[];
  readonly events: number;
  readonly payloads: readonly string[];
}

/** `ticket:updated` of 500 tickets, each from version 1 on; which ticket is next is drawn by a seed. */
function backlog({ quick }: Size, shuffled: boolean): Backlog {
  const random = seededRandom(7);
  const events = quick ? 2_000 : 20_000;
  const ids = Array.from({ length: TICKETS }, () => new mongo.ObjectId().toHexString());
  const versions = ids.map(() => 0);
  const payloads = Array.from({ length: events }, (_, n) => {
    const ticket = random.below(TICKETS);
    const version = (versions[ticket] = (versions[ticket] ?? 0) + 1);
    const meta = { id: randomUUID(), occurredAt: new Date().toISOString() };
    return encodeEvent('ticket:updated', { ...replicaOf(n), id: ids[ticket] ?? '', version, meta });
  });
  if (!shuffled) return { ids, events, payloads };
  const windows = Array.from({ length: events / WINDOW }, (_, n) => payloads.slice(n * WINDOW, (n + 1) * WINDOW));
  const disorder = windows.flatMap((window) => random.shuffled(copies(window, random)));
  return { ids, events, payloads: disorder };
}

function copies(window: readonly string[], random: ReturnType<typeof seededRandom>): string[] {
  return window.flatMap((payload) => (random.chance(COPIES) ? [payload, payload] : [payload]));
}

async function publish({ engine, nats: { url, clusterId } }: World, payloads: readonly string[]): Promise<void> {
  const client = await bareClient({ engine, url, clusterId, id: 'bench' });
  await publishAll(client, 'ticket:updated', payloads);
  await client.close();
}

/** The rate after the first tenth: by then the process has started and is warm. */
async function drained(
  { events, ids, payloads }: Backlog,
  world: World,
  start: () => Promise<{ pid: number; applied: () => Promise<number> }>,
  mayBeWrong = false,
): Promise<Measured> {
  const orders = await world.database('orders');
  const replicas = ids.map((id, n) => ({ _id: new mongo.ObjectId(id), ...replicaOf(n) }));
  await orders.collection('tickets').insertMany(replicas);
  await publish(world, payloads);
  const { pid, applied } = await start();
  const peakMb = watchMemory(pid);
  await waitUntil(applied, events / 10);
  const cpu = await watchCpu({ orders: pid, ...world.pids });
  const [from, since] = [await applied(), performance.now()];
  const broken = (await waitUntil(applied, events)) ? [] : [`stuck after ${await applied()} of ${events} events`];
  const tookMs = performance.now() - since;
  const used = await cpu(events - from);
  const wrong = await behind(world, payloads);
  return {
    figure: (1_000 * (events - from)) / tookMs,
    also: { 'peak MB': peakMb(), 'wrong replicas': wrong, ...used },
    broken: [...broken, ...(wrong > 0 && !mayBeWrong ? [`${wrong} replicas are not at their last version`] : [])],
  };
}

/** How many replicas are not at the last version of their ticket. */
async function behind(world: World, payloads: readonly string[]): Promise<number> {
  const last = new Map<string, number>();
  for (const payload of payloads) {
    const { id, version } = JSON.parse(payload) as { id: string; version: number };
    last.set(id, Math.max(version, last.get(id) ?? 0));
  }
  const found = await (await world.database('orders')).collection('tickets').find().toArray();
  return found.filter(({ _id, version }) => (last.get(String(_id)) ?? 0) !== (version as number)).length;
}

const ours =
  (shuffled: boolean): Side =>
  (world, size) =>
    drained(backlog(size, shuffled), world, async () => {
      const orders = await world.service('orders');
      return { pid: orders.pid, applied: () => appliedBy(orders) };
    });

/** It keeps no order, so some of its replicas end at an older version; that does not count as an error. */
const bare: Side = (world, size) => {
  const start = async () => {
    const subscriber = await world.ceiling('subscribe', 'orders');
    return { pid: subscriber.pid, applied: () => appliedByBare(subscriber) };
  };
  return drained(backlog(size, false), world, start, true);
};

const rate = { unit: 'events/s', better: 'higher', atMost: { 'peak MB': 150 } } as const;

/** The catch-up of orders after it was away. */
export const drain: BenchCase = {
  ...{ name: 'drain', title: 'a backlog of 20,000 ticket:updated over 500 tickets, in order', ...rate },
  ours: ours(false),
  ceilings: [{ name: 'bare subscriber, ack after one update each', wanted: 0.6, run: bare }],
};

/** The same with messages out of version order. */
export const drainShuffled: BenchCase = {
  ...{ name: 'drain-shuffled', title: 'the same, shuffled within windows of 50, 5 % of it twice', ...rate },
  ours: ours(true),
  ceilings: [{ name: 'ours in order', wanted: 0.5, run: ours(false) }],
};
