import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { STREAM } from '@ticketing/common/jetstream-names';
import { type JetStreamCluster, type JetStreamNode, leaveOrphans } from '@ticketing/servers';
import { type TcpProxy, waitFor } from '@ticketing/testing';
import type { ServiceName } from '../system/system.helper';
import type { FaultSystem } from './fault-system';
import type { Payments } from './payments';
import { type Fault, HANDS_FULL_MS, type Happened, type HitNodes } from './schedule';

/** A re-emission that takes longer than this (ms) has failed. */
const RE_EMIT_WITHIN_MS = 60_000;
/** How long the stream of JetStream may take to elect a leader (ms). */
const LED_WITHIN_MS = 60_000;

/**
 * Makes the fault, waits, and heals it. @throws when it cannot be healed; then nothing stays paused or cut off either
 */
export async function carryOut(system: FaultSystem, payments: Payments, fault: Fault): Promise<Happened> {
  if (fault.kind === 'service-killed') await system.keepCounters(fault.slot);
  const from = Date.now();
  const goneAt = fault.kind === 'service-killed' ? await kill(system, fault) : undefined;
  const note = await act(system, payments, fault);
  return { fault, from, to: Date.now(), note, ...(goneAt && { goneAt }) };
}

/** Returns when it was gone (ms since 1970). */
async function kill(system: FaultSystem, { slot, handsFull }: Extract<Fault, { kind: 'service-killed' }>) {
  const { mongo } = system.servers;
  if (handsFull) await mongo.signal('SIGSTOP');
  try {
    await sleep(handsFull ? HANDS_FULL_MS : 0);
    await system.kill(slot);
    return Date.now();
  } finally {
    await mongo.signal('SIGCONT');
  }
}

async function act(system: FaultSystem, payments: Payments, fault: Fault): Promise<string> {
  const { engine, nats, mongo } = system.servers;
  switch (fault.kind) {
    case 'nats-killed':
    case 'nats-away':
      if ('nodes' in nats) return killNodes(nats, fault);
      await nats.down();
      // As if each channel had been in the middle of a flush, because a plain kill hits that moment once in hundreds.
      if (engine === 'streaming') leaveOrphans(nats.dataDir);
      await sleep(fault.forMs);
      await nats.up();
      return engine === 'streaming' ? 'on its store, in the middle of a flush' : 'on its store';
    case 'mongo-killed':
      await mongo.down();
      await sleep(fault.forMs);
      await mongo.up();
      return 'on its data';
    case 'store-lost': {
      await nats.down();
      await nats.loseData();
      await sleep(fault.forMs);
      await nats.up();
      await sleep(fault.reEmitAfterMs);
      const said = await Promise.all([reEmit(system, 'tickets'), reEmit(system, 'orders'), payments.reEmit()]);
      return `an empty store; re-emitted: ${said.join(', ')}`;
    }
    case 'service-killed':
      await sleep(fault.forMs);
      await system.start(fault.slot);
      return 'started again';
    case 'process-paused':
      await system.pause(fault.slot, fault.forMs);
      return 'goes on';
    case 'connections-cut':
    case 'connections-delayed':
      await disturb(system, fault);
      return 'as before';
  }
}

async function killNodes(
  cluster: JetStreamCluster,
  { nodes = 'leader', forMs }: { readonly nodes?: HitNodes; readonly forMs: number },
): Promise<string> {
  const hit = await nodesOf(cluster, nodes);
  await Promise.all(hit.map((node) => node.down()));
  await sleep(forMs);
  await cluster.up();
  return `${hit.map(({ name }) => name).join(' and ')} on its store`;
}

async function nodesOf(cluster: JetStreamCluster, which: HitNodes): Promise<readonly JetStreamNode[]> {
  const leader = await waitFor(() => cluster.leaderOf(STREAM), { timeoutMs: LED_WITHIN_MS, what: 'a leader' });
  const follower = cluster.nodes.filter(({ name }) => name !== leader.name).slice(0, 1);
  return [...(which === 'follower' ? [] : [leader]), ...(which === 'leader' ? [] : follower)];
}

async function disturb(
  system: FaultSystem,
  fault: Extract<Fault, { kind: 'connections-cut' | 'connections-delayed' }>,
): Promise<void> {
  const wires = system.wiresOf(fault.slot);
  const set = (how: Partial<TcpProxy>) => wires.forEach((wire) => Object.assign(wire, how));
  const cut = () => wires.forEach((wire) => wire.cut());
  if (fault.kind === 'connections-delayed') {
    set({ delayMs: fault.delayMs });
    await sleep(fault.forMs);
    set({ delayMs: 0 });
  } else if (fault.how === 'reset') {
    set({ refuse: true });
    cut();
    await sleep(fault.forMs);
    set({ refuse: false });
  } else {
    set({ swallowReplies: true });
    await sleep(fault.forMs);
    set({ swallowReplies: false });
    cut(); // what was swallowed may have ended in the middle of a message
  }
}

/** The one command of an owner that an operator runs, as the program that it is. @throws with what it printed when it fails */
async function reEmit({ servers }: FaultSystem, service: ServiceName): Promise<string> {
  const program = join(__dirname, '..', '..', '..', 'services', service, 'dist', 're-emit.js');
  const env = { ...process.env, ...servers.env(service), LOG_LEVEL: 'info' };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env, timeout: RE_EMIT_WITHIN_MS });
  return `${service} ${stdout.trim()}`;
}
