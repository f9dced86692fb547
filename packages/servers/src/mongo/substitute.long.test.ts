import { MongoClient, ObjectId, type Collection } from 'mongodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOnPath } from '../fetch/find-program';
import { startServer } from '../start/start-server';
import { cleanUpFixtures, temporaryDir } from '../testing/test-fixtures';
import { prepareSubstitute } from './substitute';
import { startMongo } from './start-mongo';

const WRITERS = 16;
const CRASHES = 3;
const ROUNDS = 50;
const RACERS = 40;

jest.setTimeout(180_000);
afterEach(cleanUpFixtures);

/** The substitute. Without Java, the mongod that is used instead must keep the same promises. */
async function start(dataDir?: string): Promise<{ url: string; stop(): Promise<void>; kill(): Promise<void> }> {
  const env = { ...process.env, MONGO_URI: '' };
  const where = dataDir === undefined ? {} : { dataDir };
  if ((await findOnPath('java', env)) === undefined) return startMongo({ ...where, env });
  const server = await startServer(await prepareSubstitute({ env, log: () => undefined }), where, env);
  return { ...server, url: `mongodb://127.0.0.1:${server.port}` };
}

const connect = (url: string) =>
  MongoClient.connect(url, { maxPoolSize: RACERS, retryWrites: false, serverSelectionTimeoutMS: 2_000 });

test('SIGKILL under concurrent writes, several times on the same data: no acknowledged write is lost', async () => {
  const dataDir = temporaryDir();
  const acknowledged = { inserted: new Set<string>(), counts: new Map<number, number>() };
  for (let crash = 1; crash <= CRASHES; crash++) {
    const server = await start(dataDir);
    const client = await connect(server.url);
    const { docs, counters } = collections(client);
    let dead = false;
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let n = 0; !dead; n++) {
        try {
          const id = `${crash}-${writer}-${n}`;
          await docs.insertOne({ _id: id });
          acknowledged.inserted.add(id);
          await counters.updateOne({ _id: writer }, { $inc: { count: 1 } }, { upsert: true });
          acknowledged.counts.set(writer, (acknowledged.counts.get(writer) ?? 0) + 1);
        } catch {
          return;
        }
      }
    });
    await sleep(700);
    await server.kill();
    dead = true;
    await Promise.all(writers);
    await client.close();
  }

  const server = await start(dataDir);
  const client = await connect(server.url);
  const { docs, counters } = collections(client);
  const kept = new Set((await docs.find().toArray()).map((doc) => doc._id));
  expect(acknowledged.inserted.size).toBeGreaterThan(WRITERS * CRASHES);
  expect([...acknowledged.inserted].filter((id) => !kept.has(id))).toEqual([]);
  // A document without its entry in the index of _id is found by a look at all, and fails each change.
  const changed = await Promise.all([...kept].map((_id) => docs.updateOne({ _id }, { $set: { changed: true } })));
  expect(changed.filter(({ modifiedCount }) => modifiedCount !== 1)).toEqual([]);
  for (const [writer, count] of acknowledged.counts) {
    const counter = await counters.findOne({ _id: writer });
    // More than acknowledged: a crash may come after the write and before its reply, once each time.
    expect(counter?.count).toBeGreaterThanOrEqual(count);
    expect(counter?.count).toBeLessThanOrEqual(count + CRASHES);
  }
  await client.close();
  await server.stop();
});

test('a collection that takes the place of another one keeps its documents and indexes over a new start', async () => {
  const dataDir = temporaryDir();
  type Doc = { _id: number; key: string };
  for (const round of [1, 2, 3]) {
    const server = await start(dataDir);
    const client = await connect(server.url);
    const db = client.db('swapped');
    const [docs, fresh] = [db.collection<Doc>('docs'), db.collection<Doc>(`docs_${round}`)];
    if (round > 1) {
      expect((await db.listCollections().toArray()).map(({ name }) => name)).toEqual(['docs']);
      expect(await docs.find().toArray()).toEqual([
        { _id: round - 1, key: 'a' },
        { _id: 10, key: 'b' },
      ]);
      await expect(docs.insertOne({ _id: 11, key: 'a' })).rejects.toMatchObject({ code: 11000 });
    }
    await docs.updateOne({ _id: 10 }, { $set: { key: 'c' } }, { upsert: true });
    await fresh.createIndex({ key: 1 }, { unique: true });
    await fresh.insertOne({ _id: round, key: 'a' });
    await fresh.rename('docs', { dropTarget: true });
    await docs.insertOne({ _id: 10, key: 'b' });
    await client.close();
    await server.stop();
  }
});

function collections(client: MongoClient) {
  const db = client.db('crash');
  return {
    docs: db.collection<{ _id: string }>('docs'),
    counters: db.collection<{ _id: number; count: number }>('counters'),
  };
}

describe('optimistic concurrency', () => {
  let server: Awaited<ReturnType<typeof start>>;
  let client: MongoClient;
  beforeAll(async () => {
    server = await start();
    client = await connect(server.url);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  type Doc = { _id: ObjectId; version: number; writer?: number };
  type Write = (docs: Collection<Doc>, _id: ObjectId, writer: number) => Promise<boolean>;
  const updateOne: Write = async (docs, _id, writer) =>
    (await docs.updateOne({ _id, version: 0 }, { $set: { version: 1, writer } })).modifiedCount === 1;
  const findOneAndUpdate: Write = async (docs, _id, writer) =>
    (await docs.findOneAndUpdate({ _id, version: 0 }, { $set: { version: 1, writer } })) !== null;

  test.each([updateOne, findOneAndUpdate].map((write) => ({ name: write.name, write })))(
    'of 40 that race on one version by $name one wins, every time',
    async ({ write }) => {
      const docs = client.db('race').collection<Doc>(write.name);
      const winners: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const _id = new ObjectId();
        await docs.insertOne({ _id, version: 0 });
        const won = await Promise.all(Array.from({ length: RACERS }, (_, writer) => write(docs, _id, writer)));
        winners.push(won.filter((one) => one).length);
      }
      expect(winners).toEqual(Array(ROUNDS).fill(1));
    },
  );

  test('what is asked by _id and more matches all of it', async () => {
    const docs = client.db('race').collection<Doc>('by_id');
    const [_id, other] = [new ObjectId(), new ObjectId()];
    await docs.insertMany([
      { _id, version: 1 },
      { _id: other, version: 2 },
    ]);
    const versions = [
      { version: 1 },
      { version: 2 },
      { $or: [{ version: 2 }, { version: 1 }] },
      { version: { $gt: 1 } },
    ];
    const found = await Promise.all(versions.map((version) => docs.countDocuments({ _id, ...version })));
    expect(found).toEqual([1, 0, 1, 0]);
    expect(await docs.findOne({ _id: new ObjectId(), version: 1 })).toBeNull();
    expect((await docs.deleteOne({ _id, version: 2 })).deletedCount).toBe(0);
    expect((await docs.deleteOne({ _id, version: 1 })).deletedCount).toBe(1);
    expect(await docs.find().toArray()).toEqual([{ _id: other, version: 2 }]);
  });

  test('of many that use a new collection first, in every way that makes one, none fails', async () => {
    const failed: unknown[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const db = client.db(`first_use_${round}`);
      const docs = db.collection<{ _id: number; k?: number }>('docs');
      const uses = [
        (n: number) => docs.insertOne({ _id: n }),
        (n: number) => docs.updateOne({ _id: n }, { $set: { k: n } }, { upsert: true }),
        () => docs.createIndex({ k: 1 }, { unique: true, sparse: true }),
        () => db.createCollection('docs').catch((error: { code?: number }) => expect(error.code).toBe(48)),
        () => docs.find().toArray(),
      ];
      const all = await Promise.allSettled(Array.from({ length: RACERS }, async (_, n) => uses[n % uses.length]?.(n)));
      failed.push(...all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
    }
    expect(failed).toEqual([]);
  });

  test('a unique index over documents that have the same key is refused each time, until they have not', async () => {
    const docs = client.db('race').collection<{ _id: number; key: string }>('alike');
    await docs.insertMany(['a', 'b', 'b', 'c'].map((key, _id) => ({ _id, key })));
    const index = () => docs.createIndex({ key: 1 }, { unique: true });
    for (let attempt = 1; attempt <= 3; attempt++) await expect(index()).rejects.toMatchObject({ code: 11000 });
    expect((await docs.indexes()).map(({ name }) => name)).toEqual(['_id_']);
    await docs.deleteOne({ _id: 2 });
    await index();
    await expect(docs.insertOne({ _id: 4, key: 'c' })).rejects.toMatchObject({ code: 11000 });
    await docs.insertOne({ _id: 2, key: 'd' });
  });

  test('of 40 that insert the same unique key one wins, and the index is named to the others', async () => {
    const numbers = client.db('race').collection('numbers');
    await numbers.createIndex({ 'ticket.id': 1, number: 1 }, { unique: true, name: 'one_per_number' });
    const all = await Promise.allSettled(
      Array.from({ length: RACERS }, () => numbers.insertOne({ ticket: { id: 'a' }, number: 1 })),
    );
    const lost = all.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(lost).toHaveLength(RACERS - 1);
    for (const message of lost) expect(message).toContain('index: one_per_number ');
  });
});

test('a document is read as one write left it, whole, while others change it', async () => {
  const server = await start();
  const client = await connect(server.url);
  // Long in the middle, so that sending it takes longer than changing it.
  const middle = Array.from({ length: 300 }, (_, n) => ({ n, text: 'x'.repeat(20) }));
  const states = client.db('test').collection<{ _id: number; first: number; last: number; middle: object[] }>('states');
  await states.insertOne({ _id: 1, first: 0, middle, last: 0 });
  const both = { $inc: { first: 1, last: 1 } };
  const torn: unknown[] = [];
  const look = (found: { first: number; last: number } | null | undefined) => {
    if (found?.first !== found?.last) torn.push([found?.first, found?.last]);
  };
  const times = async (run: () => Promise<unknown>) => {
    for (let n = 0; n < 150; n++) await run();
  };
  const change = () => times(() => states.updateOne({ _id: 1 }, both));
  const take = () =>
    times(async () => look(await states.findOneAndUpdate({ _id: 1 }, both, { returnDocument: 'after' })));
  const read = () => times(async () => look(await states.findOne({ _id: 1 })));
  const list = () => times(async () => look((await states.find().toArray())[0]));
  await Promise.all([change(), change(), change(), take(), take(), read(), read(), read(), list(), list()]);
  expect(torn).toEqual([]);
  expect(await states.findOne({ _id: 1 })).toMatchObject({ first: 750, last: 750 });
  await client.close();
  await server.stop();
});
