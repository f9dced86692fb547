import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  brokenProgram,
  cleanUpFixtures,
  fakeServer,
  httpFixture,
  sha256,
  temporaryDir,
  zipOf,
} from '../testing/test-fixtures';
import { natsChoices } from './choices';
import { archiveName } from './download-nats';
import { natsProgram } from './nats-program';
import { NATS_STREAMING, natsFolder } from './release';
import { startNats } from './start-nats';

afterEach(cleanUpFixtures);
const { program: NATS_PROGRAM } = NATS_STREAMING;
const archive = archiveName(NATS_STREAMING);

const bare = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: temporaryDir(),
  TICKETING_CACHE: temporaryDir(),
  TICKETING_NATS_MIRROR: 'http://127.0.0.1:1',
  ...more,
});

/** The contents of a release's folder; `sums` replaces the right checksums. */
async function mirror(sums?: string | null) {
  const program = readFileSync(fakeServer(temporaryDir(), NATS_PROGRAM));
  const zip = zipOf(`${archive.replace('.zip', '')}/${NATS_PROGRAM}`, program);
  const right = `0000  another.zip\n${sha256(zip)}  ${archive}\n`;
  return httpFixture((path) => {
    if (path.endsWith(`/v0.25.6/${archive}`)) return zip;
    return path.endsWith('/v0.25.6/SHA256SUMS') && sums !== null ? Buffer.from(sums ?? right) : undefined;
  });
}

async function sourceOf(env: NodeJS.ProcessEnv, log: string[] = []): Promise<string> {
  const nats = await startNats({ env, log: (line) => log.push(line) });
  await nats.stop();
  return nats.source;
}

test('the order: each choice is used when those before it fail', async () => {
  const env = bare();
  const path = env['PATH'] ?? '';
  // A `go` that installs at once; the real one takes a minute.
  const built = fakeServer(temporaryDir(), NATS_PROGRAM);
  brokenProgram(path, 'go');
  const go = `#!${process.execPath}
if (process.argv[2] !== 'install' || !process.argv[3].endsWith('nats-streaming-server@v0.25.6')) process.exit(1);
require('node:fs').copyFileSync('${built}', process.env.GOBIN + '/${NATS_PROGRAM}');`;
  const { url } = await mirror();
  const additions: (() => unknown)[] = [
    () => writeFileSync(join(path, 'go'), go),
    () => Object.assign(env, { TICKETING_NATS_MIRROR: url, TICKETING_CACHE: temporaryDir() }),
    () => fakeServer(join(env['TICKETING_CACHE'] ?? '', natsFolder(NATS_STREAMING)), NATS_PROGRAM),
    () => fakeServer(path, NATS_PROGRAM),
    () => (env['NATS_URL'] = 'nats://example.test:4222'),
  ];
  const taken: string[] = [];
  for (const add of additions) {
    add();
    taken.push(await sourceOf(env));
  }
  const names = natsChoices(NATS_STREAMING, (file) => natsProgram(file, [])).map((choice) => choice.name);
  expect(taken).toEqual([...names].reverse());
});

test('NATS_URL is used as it is, with NATS_CLUSTER_ID', async () => {
  const env = bare({ NATS_URL: 'nats://example.test:4222', NATS_CLUSTER_ID: 'theirs' });
  const nats = await startNats({ env });
  expect(nats).toMatchObject({
    url: 'nats://example.test:4222',
    pid: undefined,
    clusterId: 'theirs',
    monitorUrl: undefined,
  });
  await nats.stop();
  await nats.kill();
});

test('the release is downloaded once, checked and said, then comes from the cache', async () => {
  const { url, asked } = await mirror();
  const env = bare({ TICKETING_NATS_MIRROR: url });
  const log: string[] = [];
  expect(await sourceOf(env, log)).toBe('the official release, downloaded');
  expect(log.join('\n')).toMatch(/downloading http.*\n.*downloaded [\d.]+ of [\d.]+ MB/);
  expect(await sourceOf(env)).toBe('nats-streaming-server in the cache');
  expect(asked).toHaveLength(2);
});

test('a release whose checksum is wrong is not used', async () => {
  const { url } = await mirror(`${'0'.repeat(64)}  ${archive}\n`);
  await expect(startNats({ env: bare({ TICKETING_NATS_MIRROR: url }) })).rejects.toThrow(
    /but the release says .* not used/,
  );
});

test('a release without checksums is used, and that it was not checked is said', async () => {
  const { url } = await mirror(null);
  const log: string[] = [];
  expect(await sourceOf(bare({ TICKETING_NATS_MIRROR: url }), log)).toBe('the official release, downloaded');
  expect(log.join('\n')).toContain('it was not checked');
});

test('no Go: the message lists what was tried and names the remedy', async () => {
  await expect(startNats({ env: bare() })).rejects.toThrow(
    /there is no go on PATH: install Go .* or set NATS_URL[\s\S]*NATS Streaming could not be started/,
  );
});
