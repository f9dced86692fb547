import {
  appendFileSync,
  closeSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cleanUpFixtures, temporaryDir } from '../../testing/test-fixtures';
import { storeFolder } from '../nats-program';
import { startNats } from '../start-nats';
import { healStore } from './heal-store';
import { leaveOrphans } from '../../testing/orphan';
import { CHANNEL, env, killedWith, numbered, publishAll, readAgain } from './store.test.helper';

afterEach(cleanUpFixtures);

/** The server's own default, with which the cut alone must be enough. */
const READ_AHEAD = ['--file_read_buffer_size=2MB'];
const inChannel = (store: string, name: string) => join(store, CHANNEL, name);
const leaveTorn = (file: string) => appendFileSync(file, Buffer.from([40, 0, 0, 0, 1, 2, 3, 4, 5, 6]));

/** Messages 1 to 5, then what `leave` makes of the store; 6 to 8 by the next server; all are there, for the one after it. */
async function healed(leave: (store: string) => void, args: readonly string[] = READ_AHEAD): Promise<string[]> {
  const dataDir = temporaryDir();
  leave(await killedWith(dataDir, numbered(1, 5), args));
  const lines: string[] = [];
  const server = await startNats({ env, dataDir, args, log: (line) => lines.push(line) });
  await publishAll(server, numbered(6, 8));
  await server.kill();
  expect(await readAgain(dataDir, 8, args)).toEqual(numbered(1, 8));
  return lines.filter((line) => line.startsWith('cut '));
}

test('a message that the index does not know is cut before the start, kept beside, and said: it hides none that is acked later', async () => {
  const dataDir = temporaryDir();
  const store = await killedWith(dataDir, numbered(1, 5), READ_AHEAD);
  const dat = inChannel(store, 'msgs.1.dat');
  const { size } = statSync(dat);
  leaveOrphans(dirname(store));
  const orphan = readFileSync(dat).subarray(size);
  const lines: string[] = [];
  const server = await startNats({ env, dataDir, args: READ_AHEAD, log: (line) => lines.push(line) });
  await publishAll(server, numbered(6, 8));
  await server.kill();
  expect(await readAgain(dataDir, 8, READ_AHEAD)).toEqual(numbered(1, 8));
  expect(readFileSync(`${dat}.cut`)).toEqual(orphan);
  expect(lines.join('\n')).toContain(`cut ${orphan.length} bytes that its index does not know from ${dat}`);
});

test('a torn record of the index is cut with its message: the index is not rebuilt', async () => {
  const lines = await healed((store) => {
    leaveOrphans(dirname(store));
    appendFileSync(inChannel(store, 'msgs.1.idx'), Buffer.alloc(10, 7));
  });
  expect(lines).toHaveLength(2);
});

test.each(['msgs.1.dat', 'subs.dat', '../clients.dat', '../server.dat'])(
  'a torn last record of %s is cut',
  async (name) => {
    const lines = await healed((store) => leaveTorn(inChannel(store, name)));
    expect(lines).toEqual([expect.stringContaining('cut 10 bytes')]);
  },
);

test('a torn server.dat is built again: it holds no message', async () => {
  const torn = (store: string) => truncateSync(join(store, 'server.dat'), statSync(join(store, 'server.dat')).size - 5);
  expect(await healed(torn)).toHaveLength(1);
});

test('zeros that a power failure left are cut: rebuilding its index, the server would end there', async () => {
  const zeros = (store: string) => {
    appendFileSync(inChannel(store, 'msgs.1.dat'), Buffer.alloc(100));
    appendFileSync(inChannel(store, 'msgs.1.idx'), Buffer.alloc(64));
  };
  expect(await healed(zeros)).toHaveLength(2);
});

test('files that a kill left within their first four bytes do not keep the server from starting', async () => {
  const unbegun = (store: string) => {
    truncateSync(inChannel(store, 'subs.dat'), 0);
    truncateSync(inChannel(store, 'msgs.1.idx'), 2);
    writeFileSync(inChannel(store, 'msgs.2.dat'), '');
  };
  expect(await healed(unbegun)).toEqual([]);
});

test('an index without a record is left to the server, which enters every whole message', async () => {
  const lines = await healed((store) => {
    truncateSync(inChannel(store, 'msgs.1.idx'), 4);
    leaveTorn(inChannel(store, 'msgs.1.dat'));
  });
  expect(lines).toHaveLength(1);
});

test('an index whose rebuild may have been interrupted is rebuilt: its messages were acked', async () => {
  const dataDir = temporaryDir();
  const store = await killedWith(dataDir, numbered(1, 1_003), ['--file_sync=false']);
  truncateSync(inChannel(store, 'msgs.1.idx'), 4 + 1_000 * 32);
  expect(await readAgain(dataDir, 1_003)).toEqual(numbered(1, 1_003));
});

test('of several files each is cut by its own index', async () => {
  const slices = ['--file_slice_max_msgs=2', ...READ_AHEAD];
  const lines = await healed((store) => {
    expect(readdirSync(join(store, CHANNEL)).filter((name) => name.endsWith('.idx'))).toHaveLength(3);
    leaveTorn(inChannel(store, 'msgs.1.dat'));
    leaveOrphans(dirname(store));
  }, slices);
  expect(lines.map((line) => /msgs\.\d/.exec(line)?.[0])).toEqual(['msgs.1', 'msgs.3']);
});

test('a store that a process has open is not touched, and not started on: its pid is named', async () => {
  const dataDir = temporaryDir();
  const running = await startNats({ env, dataDir });
  await publishAll(running, numbered(1, 2));
  const dat = inChannel(storeFolder(dataDir), 'msgs.1.dat');
  leaveTorn(dat);
  const before = readFileSync(dat);
  rmSync(join(dataDir, 'server.lock')); // like after a kill of its owner
  rmSync(join(dataDir, 'server.process'));
  await expect(startNats({ env, dataDir })).rejects.toThrow(`kill ${running.pid}`);
  expect(readFileSync(dat)).toEqual(before);
  await running.kill();
});

test('nor is one that a process has open by another name, as a container does', async () => {
  const dataDir = temporaryDir();
  const store = await killedWith(dataDir, numbered(1, 2));
  const other = join(dataDir, 'other-name');
  linkSync(join(store, 'server.dat'), other);
  const fd = openSync(other, 'r');
  try {
    expect(() => healStore(store, () => undefined)).toThrow(`kill ${process.pid}`);
  } finally {
    closeSync(fd);
  }
});

test('an index that knows far too little is refused with the remedy: no kill leaves so much, and it may have been acked', async () => {
  const dataDir = temporaryDir();
  const large = numbered(1, 6).map((name) => name.padEnd(900_000, '.'));
  const store = await killedWith(dataDir, large);
  const idx = inChannel(store, 'msgs.1.idx');
  truncateSync(idx, 4 + 32);
  const before = readFileSync(inChannel(store, 'msgs.1.dat'));
  await expect(startNats({ env, dataDir })).rejects.toThrow('Delete the .idx file');
  expect(readFileSync(inChannel(store, 'msgs.1.dat')).equals(before)).toBe(true); // toEqual takes 15 s for 5 MB
});

test.each([
  ['of another version', 0, 0],
  ['whose last record is damaged', 4 + 4 * 32 + 5, 9],
])('an index %s is left as it is, with its messages', async (_, at, byte) => {
  const store = await killedWith(temporaryDir(), numbered(1, 5));
  const idx = inChannel(store, 'msgs.1.idx');
  leaveOrphans(dirname(store));
  const content = readFileSync(idx);
  content[at] = byte;
  writeFileSync(idx, content);
  const before = readFileSync(inChannel(store, 'msgs.1.dat'));
  const lines: string[] = [];
  healStore(store, (line) => lines.push(line));
  expect(readFileSync(inChannel(store, 'msgs.1.dat'))).toEqual(before);
  expect(lines).toEqual([]);
});
