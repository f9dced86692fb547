import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from '../start/running-server';
import { type PowerCutDisk, powerCutDisk } from '../testing/power-cut-disk';

const CUTS = 3;
const IN_FLIGHT = 256;
/** A load lasts this long, and goes on until so much of it is acked: a slow disk syncs 256 messages in more than a second. */
const LOAD_MS = 1_000;
const LEAST_ACKED = 100;

/** An engine with one of its settings. */
export interface Engine {
  readonly start: (dataDir: string) => Promise<RunningServer>;
  /** A client that publishes, and resolves when the message is acked; it may be silent or reject when it is not. */
  readonly publisher: (server: RunningServer, name: string) => Promise<(message: string) => Promise<unknown>>;
  /** What the server has. @param acked so many it should have at least */
  readonly held: (server: RunningServer, acked: number) => Promise<readonly string[]>;
  /** Its store does not start after a power failure within its first half minute, before the system writes all. */
  readonly needsToSettle?: boolean;
}

/**
 * Loads the engine's server, takes its power, and starts it on what has reached the disk; several times on the same
 * data. Resolves with how many messages were acked, and how many of them are not there at the end; undefined where no
 * disk can be made.
 */
export async function powerFailures(engine: Engine) {
  let disk = powerCutDisk(256);
  if (!disk) return undefined;
  const acked: string[] = [];
  try {
    for (let cut = 1; cut <= CUTS; cut += 1) {
      acked.push(...(await loadedUntilKilled(engine, disk, cut)));
      const after: PowerCutDisk = disk.cutPower();
      disk.remove();
      disk = after;
      // Locks of a process of the time before the power failure.
      for (const held of ['server.lock', 'server.process']) rmSync(join(disk.dir, held), { force: true });
    }
    const server = await engine.start(disk.dir);
    const held = new Set(await engine.held(server, acked.length).finally(() => server.kill()));
    return { acked: acked.length, lost: acked.filter((message) => !held.has(message)).length, cuts: CUTS };
  } finally {
    disk.remove();
  }
}

/** Keeps the server busy until it is killed. Resolves with what it has acked. */
async function loadedUntilKilled(engine: Engine, disk: PowerCutDisk, cut: number): Promise<string[]> {
  const server = await engine.start(disk.dir);
  try {
    const publish = await engine.publisher(server, `load-${cut}`);
    const acked = [`${cut}-first`];
    await publish(`${cut}-first`);
    if (engine.needsToSettle) disk.settle();
    const killed = server.exited.then(() => 'killed' as const);
    const lane = async (lane: number): Promise<void> => {
      for (let n = 0; ; n += 1) {
        const message = `${cut}-${lane}-${n}`;
        const stored = publish(message).then(
          () => 'acked' as const,
          () => killed,
        );
        if ((await Promise.race([stored, killed])) === 'killed') return;
        acked.push(message);
      }
    };
    const lanes = Array.from({ length: IN_FLIGHT }, (_, n) => lane(n));
    await sleep(LOAD_MS);
    while (acked.length < LEAST_ACKED && (await Promise.race([sleep(10), killed])) !== 'killed');
    await server.kill();
    await Promise.all(lanes);
    return acked;
  } finally {
    await server.kill();
  }
}
