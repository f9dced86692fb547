import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, startMongo, startNats } from '..';
import { cleanUpFixtures, fakeServer, temporaryDir } from '../testing/test-fixtures';

afterEach(cleanUpFixtures);

function lives(pid: number | undefined): boolean {
  if (pid === undefined) throw new Error('no pid');
  return isAlive(pid);
}

/** The environment without given servers: these tests start their own. */
const env = { ...process.env, MONGO_URI: '', NATS_URL: '' };

describe.each(['stop', 'kill'] as const)('after %s', (how) => {
  test.each([startMongo, startNats].map((start) => ({ name: start.name, start })))(
    'of what $name started no process and no data is left',
    async ({ start }) => {
      const temporary = temporaryDir();
      const before = process.env['TMPDIR'] ?? '/tmp';
      process.env['TMPDIR'] = temporary;
      const server = await start({ env }).finally(() => (process.env['TMPDIR'] = before));
      expect(lives(server.pid)).toBe(true);
      await server[how]();
      expect(lives(server.pid)).toBe(false);
      await server[how]();
      expect(readdirSync(temporary).filter((name) => name.startsWith('ticketing-'))).toEqual([]);
    },
  );
});

test('data that is to be kept is under the data folder after the stop', async () => {
  const dataDir = temporaryDir();
  const mongo = await startMongo({ env, dataDir });
  await mongo.stop();
  const [kind] = readdirSync(dataDir);
  expect(['mongod', 'mongo-substitute']).toContain(kind);
  expect(existsSync(join(dataDir, kind ?? '', kind === 'mongod' ? 'WiredTiger' : 'mongo.db'))).toBe(true);
});

test('a server is in a process group of its own, so that a Ctrl-C in the terminal does not reach it', async () => {
  const nats = await startNats({ env });
  const group = spawnSync('ps', ['-o', 'pgid=', '-p', String(nats.pid)]).stdout.toString();
  expect(Number(group)).toBe(nats.pid);
  await nats.stop();
});

test.each(['SIGKILL', 'SIGINT', 'exit'])(
  'a server is stopped when its owner ends by %s without stopping it',
  async (how) => {
    const path = temporaryDir();
    fakeServer(path, 'mongod');
    const source = `
    const { startMongo } = require(${JSON.stringify(join(__dirname, '..', '..', 'dist'))});
    startMongo().then(({ pid }) => {
      console.log(pid);
      if (${how === 'exit'}) process.stdin.once('data', () => process.exit(0));
    });`;
    const owner = spawn(process.execPath, ['-e', source], {
      env: { PATH: path },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => owner.once('exit', resolve));
    const pid = Number(await new Promise((resolve) => owner.stdout.once('data', resolve)));
    expect(lives(pid)).toBe(true);
    if (how === 'exit') owner.stdin.write('exit');
    else owner.kill(how as NodeJS.Signals);
    await ended;
    for (let waited = 0; lives(pid) && waited < 30_000; waited += 20) await sleep(20);
    expect(lives(pid)).toBe(false);
  },
);
