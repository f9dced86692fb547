import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMongo, startNats } from '..';
import { abandoned, type Abandoned } from '../process/abandoned.test.helper';
import { noteIn } from './data-folder';
import { isAlive } from '../process/is-alive';
import { pauseProcess } from '../process/pause-process';
import { clearLeftovers } from './leftovers';
import { client, close, history, publish } from '../nats/client.test.helper';
import { notedIn, noteProcess } from '../process/noted-process';
import { identityOf } from '../process/process-identity';
import { cleanUpFixtures, temporaryDir } from '../testing/test-fixtures';

const env = { ...process.env, MONGO_URI: '', NATS_URL: '' };
const left: Abandoned[] = [];
afterEach(() => {
  for (const each of left.splice(0)) each.end();
  cleanUpFixtures();
});

async function leave(start: string, guarded = false): Promise<Abandoned> {
  const server = await abandoned(start, guarded);
  left.push(server);
  return server;
}

const options = (end: boolean, log: string[] = []) => {
  return { end, command: 'start --end', log: (line: string) => void log.push(line), stopWithinMs: 15_000 };
};

test('a broker that lost owner and guard is named and refused; ended when asked, and its data is there', async () => {
  const dataDir = temporaryDir();
  const first = await startNats({ env, dataDir });
  const stan = await client(first, 'before');
  await publish(stan, 'kept', 'hello');
  await close(stan);
  await first.stop();
  const { pid } = await leave(`startNats({ dataDir: ${JSON.stringify(dataDir)} })`);

  await expect(startNats({ env, dataDir })).rejects.toThrow(`process ${pid} uses ${dataDir}`);
  const refusal = clearLeftovers([noteIn(dataDir)], options(false));
  await expect(refusal).rejects.toThrow(`process ${pid}: nats-streaming (${join(dataDir, 'nats-streaming')})\n`);
  await expect(refusal).rejects.toThrow('This ends them, and starts: start --end');
  expect(isAlive(pid)).toBe(true);

  const log: string[] = [];
  await clearLeftovers([noteIn(dataDir)], options(true, log));
  expect(isAlive(pid)).toBe(false);
  expect(log).toEqual([`ending process ${pid}, nats-streaming, by SIGTERM ...`]);
  const second = await startNats({ env, dataDir });
  const after = await client(second, 'after');
  expect(await history(after, 'kept', 1)).toEqual(['hello']);
  await close(after);
  await second.stop();
  expect(notedIn(noteIn(dataDir))).toBeUndefined();
});

test('a database likewise: no other kind of database is started beside it, and one that is stopped is killed', async () => {
  const dataDir = temporaryDir();
  const { pid } = await leave(`startMongo({ dataDir: ${JSON.stringify(dataDir)} })`);
  await expect(startMongo({ env, dataDir })).rejects.toThrow(`process ${pid} uses ${dataDir}`);
  await pauseProcess(pid); // so that SIGTERM does nothing
  const log: string[] = [];
  await clearLeftovers([noteIn(dataDir)], { ...options(true, log), stopWithinMs: 200 });
  expect(isAlive(pid)).toBe(false);
  expect(log.map((line) => line.split(' ').at(-2))).toEqual(['SIGTERM', 'SIGKILL']);
  const second = await startMongo({ env, dataDir });
  await second.stop();
});

test('one whose guard lives ends by itself: that is waited for, not refused', async () => {
  const dataDir = temporaryDir();
  const { pid } = await leave(`startNats({ dataDir: ${JSON.stringify(dataDir)} })`, true);
  await clearLeftovers([noteIn(dataDir)], { ...options(false), guardEndsWithinMs: 60_000 });
  expect(isAlive(pid)).toBe(false);
});

describe('a process that is not a leftover of ours', () => {
  let stranger: ReturnType<typeof spawn>;
  let pid: number;
  let note: string;
  beforeEach(() => {
    stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1_000)', 'of-somebody']);
    pid = stranger.pid ?? 0;
    note = join(temporaryDir(), 'server.process');
    noteProcess(note, pid, 'a server', 'of-somebody');
  });
  afterEach(() => stranger.kill('SIGKILL'));
  /** Its owner, this process, is gone. */
  const orphan = () => change(identityOf(process.pid), '1 another-boot 1');
  const change = (from: string, to: string) => writeFileSync(note, readFileSync(note, 'utf8').replace(from, to));
  const stillThere = async () => {
    await sleep(100);
    expect(isAlive(pid)).toBe(true);
    expect(stranger.signalCode).toBeNull();
  };

  test('is left to its owner, which lives', async () => {
    await clearLeftovers([note], options(true));
    await stillThere();
  });

  test.each([
    ['began at another time', /\d+$/, '1'],
    ['is of another boot', / \S+ /, ' another-boot '],
  ])('is not touched when the one that was noted %s', async (_, what, instead) => {
    orphan();
    change(identityOf(pid), identityOf(pid).replace(what, instead));
    await clearLeftovers([note], options(true));
    await stillThere();
  });

  test('is named and not touched when its command line does not hold what was noted', async () => {
    orphan();
    change('of-somebody', 'of-somebody-else');
    await expect(clearLeftovers([note], options(true))).rejects.toThrow(`process ${pid} is ours is not certain`);
    await stillThere();
  });

  test('is named and not touched when it is not known when the one that was noted began', async () => {
    orphan();
    change(identityOf(pid), String(pid));
    await expect(clearLeftovers([note], options(true))).rejects.toThrow(`kill ${pid}`);
    await stillThere();
  });

  test('but with all of it, it is ended', async () => {
    orphan();
    await clearLeftovers([note], options(true));
    expect(isAlive(pid)).toBe(false);
  });
});
