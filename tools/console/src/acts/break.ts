import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '@ticketing/common';
import { FAULTS, HOWS } from '@ticketing/start/console';
import { mongo } from 'mongoose';
import { z } from 'zod';
import type { Facts } from '../facts/facts';
import { type Act, act } from './acts';
import { ActError } from './act-error';
import { type Api, type Call, field } from './api';
import { watchHealing } from './heal-watch';
import type { Jobs } from './jobs';
import type { NpmStart } from './npm-start';

const SAID = { stop: 'Stop', kill: 'kill -9', pause: 'Pause', resume: 'Go on:', start: 'Start' } as const;
const DELIVERY = {
  hold: 'Hold the next event',
  twice: 'Deliver the next twice',
  'drop-ack': 'Drop the next ack',
} as const;
const KNOWN_WITHIN_MS = 20_000;
const ASK_AGAIN_MS = 100;

const POISON = {
  'not-json': { title: 'Send what is no JSON', payload: () => 'this is no JSON' },
  'broken-contract': {
    title: 'Send a broken contract',
    payload: () =>
      JSON.stringify({
        ...{ id: new mongo.ObjectId().toHexString(), version: 0, title: '', price: 'much', userId: 'mallory' },
        meta: { id: randomUUID(), occurredAt: new Date().toISOString() },
      }),
  },
} as const;

export interface BreakOptions {
  readonly start: NpmStart;
  readonly jobs: Jobs;
  readonly facts: Facts;
  readonly broker: Broker;
  readonly api: Api;
}

/** What breaks something. Each tells what happened, and when everything agreed again. */
export function breakActs({ start, jobs, facts, broker, api }: BreakOptions): Readonly<Record<string, Act>> {
  const watch = (title: string) => {
    const job = jobs.begin(title);
    watchHealing(facts, () => start.parts, job);
    return job;
  };

  /** An edit is held back on its way, and the next one overtakes it. */
  async function overtake(): Promise<{ calls: Call[] }> {
    const sold = await api.call({
      ...ALICE,
      method: 'POST',
      path: '/api/tickets',
      body: { title: 'Overtaken', price: 1 },
    });
    const id = field(sold, 'id');
    if (typeof id !== 'string') return { calls: [sold] };
    const isKnown = () => facts.last.tickets.some((ticket) => ticket.id === id && ticket.replicaVersion === 0);
    for (const until = Date.now() + KNOWN_WITHIN_MS; !isKnown(); await sleep(ASK_AGAIN_MS)) {
      if (Date.now() > until) throw new ActError('the replica does not get the ticket: is everything running?');
      await facts.look();
    }
    const job = jobs.begin('Version 2 before version 1');
    await start.ask({ what: 'deliver', service: facts.replicaAt, fault: 'hold' });
    const edit = (price: number) =>
      api.call({ ...ALICE, method: 'PUT', path: `/api/tickets/${id}`, body: { title: 'Overtaken', price } });
    const calls = [sold, await edit(2), await edit(3)];
    watchHealing(facts, () => start.parts, job);
    return { calls };
  }

  return {
    part: act(z.object({ part: z.string(), how: z.enum(HOWS) }), async ({ part, how }) => {
      await start.ask({ what: 'part', part, how });
      watch(`${SAID[how]} ${part}`);
    }),
    deliver: act(z.object({ service: z.string(), fault: z.enum(FAULTS) }), async ({ service, fault }) => {
      await start.ask({ what: 'deliver', service, fault });
      const job = jobs.begin(`${DELIVERY[fault]} to ${service}`);
      job.say('armed: it happens to the next one; sell, edit or order something');
      job.end('done');
    }),
    overtake: act(z.object({}), overtake),
    poison: act(z.object({ what: z.enum(['not-json', 'broken-contract']) }), async ({ what }) => {
      const { title, payload } = POISON[what];
      await broker.publish('ticket:updated', payload()).catch((error: unknown) => {
        throw new ActError(`it was not published: ${String(error)}`);
      });
      watch(title).say('published in ticket:updated: it becomes a dead letter; drop it below when you have seen it');
    }),
  };
}

const ALICE = { user: 'alice' };
