import { spawn } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startMongo, startNats } from '..';
import { takeDataFolder } from './data-folder';
import { cleanUpFixtures, fakeServer, temporaryDir } from '../testing/test-fixtures';

afterEach(cleanUpFixtures);
const env = { ...process.env, MONGO_URI: '', NATS_URL: '' };

test.each([{ start: startMongo }, { start: startNats }])(
  'of $start.name several times at once on one folder one starts, and the others name who has it',
  async ({ start }) => {
    const dataDir = temporaryDir();
    const started = await Promise.allSettled([1, 2, 3].map(() => start({ env, dataDir })));
    const servers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const refused = started.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
    for (const server of servers) await server.stop();
    expect(servers).toHaveLength(1);
    expect(refused).toEqual(Array(2).fill(expect.stringContaining(`process ${process.pid} uses ${dataDir}`)));
  },
);

test('it is free again when the server has stopped, was killed, or did not start; a stop that is late frees no other', async () => {
  const dataDir = temporaryDir();
  const first = await startNats({ env, dataDir });
  await first.stop();
  const second = await startNats({ env, dataDir });
  await first.stop();
  await expect(startNats({ env, dataDir })).rejects.toThrow('uses');
  await second.kill();
  await expect(startNats({ env, dataDir, args: ['--nonsense'] })).rejects.toThrow('it exited');
  await (await startNats({ env, dataDir })).stop();
  expect(readdirSync(dataDir)).toEqual(['nats-streaming']);
});

/** A process that has a file of the folder open. */
async function withOpen(file: string) {
  const child = spawn(process.execPath, [
    '-e',
    `require('node:fs').openSync(${JSON.stringify(file)}, 'r+'); console.log('open'); setInterval(() => 0, 1_000);`,
  ]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

test('one that anybody has a file of is refused, before another kind of server is tried', async () => {
  const dataDir = temporaryDir();
  const file = join(dataDir, 'data');
  writeFileSync(file, '');
  const writer = await withOpen(file);
  expect(() => takeDataFolder(dataDir)).toThrow(`kill ${writer.pid}`);
  const path = temporaryDir();
  fakeServer(path, 'mongod');
  await expect(startMongo({ env: { ...env, PATH: path }, dataDir })).rejects.toThrow(/^process \d+ uses/);
  writer.kill('SIGKILL');
  await new Promise((resolve) => writer.once('exit', resolve));
  takeDataFolder(dataDir)();
  rmSync(dataDir, { recursive: true });
});
