import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { leaveOrphans } from '@ticketing/servers';
import type { ServiceName } from '../system/system.helper';
import type { FaultSystem } from './fault-system';
import type { Payments } from './payments';
import { type Fault, HANDS_FULL_MS, type Happened } from './schedule';

/** A re-emission that takes longer than this (ms) has failed. */
const RE_EMIT_WITHIN_MS = 60_000;

/**
 * Makes the fault, waits, and heals it. @throws when it cannot be healed; then nothing stays paused or cut off either
 */
export async function carryOut(system: FaultSystem, payments: Payments, fault: Fault): Promise<Happened> {
  if (fault.kind === 'service-killed') await system.keepCounters(fault.slot);
  const from = Date.now();
  const note = await act(system, payments, fault);
  return { fault, from, to: Date.now(), note };
}

async function act(system: FaultSystem, payments: Payments, fault: Fault): Promise<string> {
  const { engine, nats, mongo } = system.servers;
  switch (fault.kind) {
    case 'nats-killed':
    case 'nats-away':
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
      if (fault.handsFull) await mongo.signal('SIGSTOP');
      try {
        await sleep(fault.handsFull ? HANDS_FULL_MS : 0);
        await system.kill(fault.slot);
      } finally {
        await mongo.signal('SIGCONT');
      }
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

async function disturb(
  system: FaultSystem,
  fault: Extract<Fault, { kind: 'connections-cut' | 'connections-delayed' }>,
): Promise<void> {
  const proxy = system.proxyOf(fault.slot);
  if (fault.kind === 'connections-delayed') {
    proxy.delayMs = fault.delayMs;
    await sleep(fault.forMs);
    proxy.delayMs = 0;
  } else if (fault.how === 'reset') {
    proxy.refuse = true;
    proxy.cut();
    await sleep(fault.forMs);
    proxy.refuse = false;
  } else {
    proxy.swallowReplies = true;
    await sleep(fault.forMs);
    proxy.swallowReplies = false;
    proxy.cut(); // what was swallowed may have ended in the middle of a message
  }
}

/** The one command of an owner that an operator runs, as the program that it is. @throws with what it printed when it fails */
async function reEmit({ servers }: FaultSystem, service: ServiceName): Promise<string> {
  const program = join(__dirname, '..', '..', '..', 'services', service, 'dist', 're-emit.js');
  const env = { ...process.env, ...servers.env(service), LOG_LEVEL: 'info' };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env, timeout: RE_EMIT_WITHIN_MS });
  return `${service} ${stdout.trim()}`;
}
