import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, letGo, watchOver } from '@ticketing/servers';
import type { ServiceName } from '@ticketing/services';
import type { BenchCase } from './bench-case';
import type { World } from '../world/world';

const ROOT = join(__dirname, '..', '..', '..');
const READY = /^Ready: /m;
const WITHIN_MS = 60_000;

/** From the start of a process until its /readyz is 200 (ms). */
async function ready(world: World, name: ServiceName): Promise<number> {
  const since = performance.now();
  const started = await world.service(name);
  const tookMs = performance.now() - since;
  await started.stop();
  return tookMs;
}

/** From `npm start` until it says that it is ready (ms), with servers of its own. Then it is ended. @throws what it said */
async function npmStart(broker: string, dataDir: string): Promise<number> {
  const own = { MONGO_URI: '', MONGO_PORT: '', NATS_URL: '', NATS_PORT: '', BROKER: broker, LOG_LEVEL: '' };
  const env = { ...process.env, ...own, TICKETING_DATA: dataDir, PORT: String(await freePort()) };
  const since = performance.now();
  const child = spawn('npm', ['start'], { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid === undefined) throw new Error('npm cannot be run');
  watchOver(pid);
  let output = '';
  const closed = new Promise((resolve) => child.once('close', resolve));
  try {
    return await new Promise<number>((resolve, reject) => {
      const fail = () => reject(new Error(`npm start was not ready:\n${output}`));
      const limit = setTimeout(fail, WITHIN_MS);
      void closed.then(fail).then(() => clearTimeout(limit));
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output += chunk;
          if (READY.test(output)) resolve(performance.now() - since);
        });
      }
    });
  } finally {
    if (child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGINT');
    await closed;
    letGo(pid);
  }
}

/** How long it takes until one can call a service, and the whole system. */
export const start: BenchCase = {
  ...{ name: 'start', title: 'from the start of a service until it is ready: the slower one of the two' },
  ...{ unit: 'ms', better: 'lower' },
  atMost: { 'tickets ms': 700, 'orders ms': 700, 'npm start ms': 3_000 },
  async ours(world, { quick }) {
    const [tickets, orders] = [await ready(world, 'tickets'), await ready(world, 'orders')];
    const dataDir = await mkdtemp(join(tmpdir(), 'ticketing-bench-'));
    try {
      if (!quick) await npmStart(world.engine, dataDir); // the next one finds everything built, fetched and made
      const all = await npmStart(world.engine, dataDir);
      const also = { 'tickets ms': tickets, 'orders ms': orders, 'npm start ms': all };
      return { figure: Math.max(tickets, orders), also };
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
  ceilings: [],
};
