import { connect } from 'node:net';
import { join } from 'node:path';
import {
  cleanUpFixtures,
  brokenProgram,
  fakeServer,
  httpFixture,
  md5,
  mongodArchive,
  temporaryDir,
} from '../testing/test-fixtures';
import { MONGO_CHOICES } from './choices';
import { mongodFolder } from './download-mongod';
import { startMongo } from './start-mongo';

afterEach(cleanUpFixtures);

/** Only what the test puts there: no PATH, an empty cache, a mirror that refuses. */
const bare = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: temporaryDir(),
  TICKETING_CACHE: temporaryDir(),
  TICKETING_MONGOD_MIRROR: 'http://127.0.0.1:1',
  HOME: process.env['HOME'],
  ...more,
});

async function mirror() {
  const archive = mongodArchive();
  return httpFixture((path) => (path.endsWith('.md5') ? Buffer.from(`${md5(archive)}  x`) : archive));
}

async function sourceOf(env: NodeJS.ProcessEnv, log: string[] = []): Promise<string> {
  const mongo = await startMongo({ env, log: (line) => log.push(line) });
  await mongo.stop();
  return mongo.source;
}

test('the order: each choice is used when those before it fail', async () => {
  const env = bare();
  const names = MONGO_CHOICES.map((choice) => choice.name);
  const taken: string[] = [];
  // From the last but one to the first, so that each is added in front of those that are there already. The last one,
  // the substitute, runs in its own test.
  const { url } = await mirror();
  const additions: (() => void)[] = [
    () => (env['TICKETING_MONGOD_MIRROR'] = url),
    () => fakeServer(join(env['TICKETING_CACHE'] ?? '', mongodFolder()), 'mongod'),
    () => fakeServer(env['PATH'] ?? '', 'mongod'),
    () => (env['MONGO_URI'] = 'mongodb://example.test:27017'),
  ];
  for (const add of additions) {
    add();
    taken.push(await sourceOf(env));
  }
  expect(taken).toEqual(names.slice(0, -1).reverse());
});

test('MONGO_URI is used as it is: nothing is started, stop and kill do nothing', async () => {
  const mongo = await startMongo({ env: bare({ MONGO_URI: 'mongodb://example.test:27017' }) });
  expect(mongo).toMatchObject({ url: 'mongodb://example.test:27017', pid: undefined });
  await mongo.stop();
  await mongo.kill();
});

test('the official mongod is downloaded once, then comes from the cache, and takes connections', async () => {
  const { url, asked } = await mirror();
  const env = bare({ TICKETING_MONGOD_MIRROR: url });
  const log: string[] = [];
  expect(await sourceOf(env, log)).toBe('the official mongod, downloaded');
  expect(log.join('\n')).toMatch(/Downloading MongoDB "8.*100%/);
  const before = asked.length;
  const mongo = await startMongo({ env });
  expect(mongo.source).toBe('mongod in the cache');
  expect(asked).toHaveLength(before);
  const socket = connect(Number(new URL(mongo.url).port), '127.0.0.1');
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.destroy();
  await mongo.stop();
});

test('a download whose checksum is wrong is not used', async () => {
  const archive = mongodArchive();
  const { url } = await httpFixture((path) =>
    path.endsWith('.md5') ? Buffer.from(`${md5(Buffer.from(''))}  x`) : archive,
  );
  const env = bare({ TICKETING_MONGOD_MIRROR: url });
  await expect(startMongo({ env })).rejects.toThrow(/MD5/i);
});

test('a mongod on PATH that does not start is passed over, with what it said', async () => {
  const { url } = await mirror();
  const env = bare({ TICKETING_MONGOD_MIRROR: url });
  brokenProgram(env['PATH'] ?? '', 'mongod');
  const log: string[] = [];
  expect(await sourceOf(env, log)).toBe('the official mongod, downloaded');
  expect(log.join('\n')).toContain('not mongod on PATH: it exited with code 3. Its last output: broken on purpose');
});

test('no Java: the message lists what was tried and names the remedy', async () => {
  await expect(startMongo({ env: bare() })).rejects.toThrow(
    /there is no java on PATH: install a JDK of version 17 or later and Maven, or set MONGO_URI[\s\S]*MongoDB could not be started/,
  );
});

test('a port that is taken is named', async () => {
  const { url } = await httpFixture(() => undefined);
  const port = Number(new URL(url).port);
  const env = bare();
  fakeServer(env['PATH'] ?? '', 'mongod');
  await expect(startMongo({ env, port })).rejects.toThrow(`Port ${port} is taken.`);
});
