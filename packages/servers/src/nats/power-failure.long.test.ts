import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stan } from 'node-nats-streaming';
import { cleanUpFixtures } from '../testing/test-fixtures';
import { type PowerCutDisk, powerCutDisk } from '../testing/power-cut-disk';
import { client, history, publish } from './client.test.helper';
import { startNats } from './start-nats';

const CYCLES = 3;
const IN_FLIGHT = 256;
const LOAD_MS = 1_500;

jest.setTimeout(180_000);
afterEach(cleanUpFixtures);

/** Publishes as fast as the window lets it until the server is gone. Resolves with the acked messages. */
async function load(stan: Stan, cycle: number, killed: Promise<void>): Promise<string[]> {
  const acked: string[] = [];
  let dead = false;
  void killed.then(() => (dead = true));
  const lane = async (lane: number) => {
    for (let n = 0; !dead; n += 1) {
      const message = `${cycle}-${lane}-${n}`;
      const stored = new Promise<boolean>((resolve) => {
        stan.publish('things', message, (error) => resolve(!error));
        void killed.then(() => resolve(false));
      });
      if (await stored) acked.push(message);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, n) => lane(n)));
  return acked;
}

/** Loads the server and cuts its power, several times. Resolves with what was acked, and what of it is there at the end. */
async function powerFailures(args: readonly string[]) {
  const env = { ...process.env, NATS_URL: '' };
  let disk = powerCutDisk(512);
  if (!disk) return undefined;
  const acked: string[] = [];
  for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
    const server = await startNats({ dataDir: disk.dir, args, env });
    const stan = await client(server, `load-${cycle}`);
    await publish(stan, 'things', `${cycle}-first`);
    disk.settle(); // the server syncs messages, but not server.dat, which it writes once: then it does not start again
    let killed = () => {};
    const loading = load(stan, cycle, new Promise((resolve) => (killed = resolve)));
    await sleep(LOAD_MS);
    await server.kill();
    killed();
    acked.push(...(await loading));
    const after: PowerCutDisk = disk.cutPower();
    disk.remove();
    disk = after;
    // After a power failure the lock is one of another boot.
    for (const held of ['server.lock', 'server.process']) rmSync(join(disk.dir, held), { force: true });
  }
  const server = await startNats({ dataDir: disk.dir, args, env });
  const stan = await client(server, 'reader');
  const kept = new Set(await history(stan, 'things', acked.length));
  stan.close();
  await server.stop();
  disk.remove();
  return { acked: acked.length, lost: acked.filter((message) => !kept.has(message)).length };
}

test('a power failure takes no acked message, several times on the same data', async () => {
  const found = await powerFailures([]);
  if (!found) return;
  console.info(`NATS Streaming: ${found.lost} of ${found.acked} acked messages lost in ${CYCLES} power failures`);
  expect(found.acked).toBeGreaterThan(CYCLES * IN_FLIGHT);
  expect(found.lost).toBe(0);
});

test('the failure is a real one: without sync it takes acked messages', async () => {
  const found = await powerFailures(['--file_sync=false']);
  if (!found) return;
  console.info(`without sync: ${found.lost} of ${found.acked}`);
  expect(found.lost).toBeGreaterThan(0);
});
