import { MongoClient } from 'mongodb';
import { findOnPath } from '../fetch/find-program';
import { smallDisk } from '../testing/small-disk';
import { startServer } from '../start/start-server';
import { cleanUpFixtures, temporaryDir } from '../testing/test-fixtures';
import type { Program } from '../fetch/choice';
import { prepareSubstitute } from './substitute';

const WRITERS = 16;
const env = { ...process.env, MONGO_URI: '' };

jest.setTimeout(120_000);
/**
 * Functions that end each server of a test and its client, also when an assertion fails; otherwise jest would not end.
 */
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  cleanUpFixtures();
});

let program: Program | undefined;
beforeAll(async () => {
  if (await findOnPath('java', env)) program = await prepareSubstitute({ env, log: () => undefined });
  else process.stderr.write('SKIPPED: the substitute on a full disk. There is no java.\n');
});

async function open(run: Program, dataDir: string, output?: (text: string) => void, serverSelectionTimeoutMS = 30_000) {
  const server = await startServer(run, { dataDir, ...(output && { output }) }, env);
  const options = { retryWrites: false, retryReads: false, serverSelectionTimeoutMS, maxPoolSize: 2 * WRITERS };
  const client = new MongoClient(`mongodb://127.0.0.1:${server.port}`, options);
  const end = async () => {
    await client.close();
    await server.stop();
  };
  ends.push(end);
  await client.connect();
  return { server, end, docs: client.db('full').collection<{ _id: string; text: string }>('docs') };
}
type Docs = Awaited<ReturnType<typeof open>>['docs'];

/** Writes and reads until `isOver` says so after an error: what was acknowledged, what was read, and all errors. */
async function load(docs: Docs, name: string, isOver: (acknowledged: number, failed: number) => boolean) {
  const known = new Set<string>();
  const errors: unknown[] = [];
  let acknowledged = 0;
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let n = 0; ; n++) {
      const _id = `${name}-${writer}-${n}`;
      // A reader may know what another writer has not committed yet.
      const ofOther = docs.findOne({ _id: `${name}-${(writer + 1) % WRITERS}-${n}` }).then(
        (read) => read && known.add(read._id),
        () => undefined,
      );
      try {
        await docs.insertOne({ _id, text: 'x'.repeat(2_000) });
        known.add(_id);
        acknowledged += 1;
      } catch (error) {
        errors.push(error);
      }
      await ofOther;
      if (isOver(acknowledged, errors.length)) return;
    }
  });
  await Promise.all(writers);
  return { known, errors };
}

async function missing(docs: Docs, known: Set<string>): Promise<string[]> {
  const kept = new Set((await docs.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id));
  return [...known].filter((id) => !kept.has(id));
}

test('a commit that fails under load ends it with the reason, and nothing that a reply told of is lost', async () => {
  if (!program) return;
  const { command } = program;
  const args = (port: number, dir: string) => program?.args(port, dir) ?? [];
  const limited: Program = {
    ...program,
    command: 'bash',
    // 4 MB for a file: a limit that, unlike a full disk, cannot be seen before.
    args: (port, dir) => ['-c', 'ulimit -f 4096; exec "$0" "$@"', command, ...args(port, dir)],
  };
  const dataDir = temporaryDir();
  let printed = '';
  const small = await open(limited, dataDir, (text) => (printed += text), 2_000);
  let hasEnded = false;
  void small.server.exited.then(() => (hasEnded = true));
  const { known, errors } = await load(small.docs, 'a', () => hasEnded);
  await small.server.exited;
  await small.end();
  expect(printed).toMatch(/^cannot write \S+mongo\.db: File too large$/m);
  expect(known.size).toBeGreaterThan(WRITERS);
  expect(errors.filter((error) => !/^Mongo(Network|ServerSelection|PoolCleared)/.test(String(error)))).toEqual([]);

  const again = await open(program, dataDir);
  expect(await missing(again.docs, known)).toEqual([]);
});

test('on a full disk writes are refused as MongoDB does it and reads go on; with space again all goes on', async () => {
  const disk = program && smallDisk(40);
  if (!program || !disk) return;
  try {
    const first = await open(program, disk.dir);
    let isFull = false;
    const { known, errors } = await load(first.docs, 'a', (acknowledged, failed) => {
      if (!isFull && acknowledged > 200) disk.fill();
      isFull ||= acknowledged > 200;
      return failed > WRITERS;
    });
    expect(errors).not.toEqual([]);
    await first.end();
    const second = await open(program, disk.dir);
    await expect(second.docs.insertOne({ _id: 'refused', text: '' })).rejects.toMatchObject({
      code: 14031,
      codeName: 'OutOfDiskSpace',
      message: expect.stringMatching(/^the disk of \S+mongo\.db is full: less than 8 MB are free/),
    });
    expect(await missing(second.docs, known)).toEqual([]);
    disk.free();
    await second.docs.insertOne({ _id: 'taken', text: '' });
    expect(await second.docs.countDocuments({ _id: { $in: ['refused', 'taken'] } })).toBe(1);
  } finally {
    disk.remove();
  }
});
