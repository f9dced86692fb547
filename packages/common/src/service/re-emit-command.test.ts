import { type Restartable, freePort, restartableBroker } from '@ticketing/servers';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { testServers, waitFor, TestBed } from '@ticketing/testing';
import { ENGINE_NAMES } from '../broker/engines';
import { newThing, type Owner, pendingCount, startOwner } from '../outbox/owner.test.helper';

const program = join(__dirname, '../../dist/service/re-emit.test.program.js');

/** A server of its own: the command publishes to the channels of the service, which no other test may see. */
let nats: Restartable;
let bed: TestBed;
let owner: Owner;
/** It gives up only after a while, so it runs beside the others. */
let withoutNats: { url: string; ended: ReturnType<typeof run> };
beforeAll(async () => {
  nats = await restartableBroker();
  const servers = { ...testServers(), natsUrl: nats.url, natsClusterId: 'ticketing' };
  bed = await TestBed.open(servers, '');
  owner = await startOwner({ databaseUri: bed.databaseUri, channelPrefix: '', servers });
  const host = `127.0.0.1:${await freePort()}`;
  withoutNats = { url: `nats://${host}`, ended: run([], { NATS_URL: `nats://user:hunter2@${host}` }) };
});
afterAll(async () => {
  await owner.close();
  await bed.close();
  await nats.remove();
});

async function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...bed.env(), ...env } });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => (said.stdout += String(text)));
  child.stderr.on('data', (text) => (said.stderr += String(text)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...said };
}

test('it publishes the present state of all aggregates, says how many, and ends', async () => {
  const events = bed.events('ticket:updated');
  await Promise.all([newThing(owner.model).save(), newThing(owner.model).save()]);
  await waitFor(async () => (await pendingCount(owner.model)) === 0);
  expect(await run([])).toEqual({ code: 0, stdout: 'published 2 snapshots\n', stderr: '' });
  await waitFor(() => events.length === 2);
  expect(events.every(({ meta, version }) => meta.snapshot === true && version === 0)).toBe(true);
});

test('--since takes only what changed since; --help explains', async () => {
  expect(await run(['--since', '2999-01-31T12:00:00Z'])).toMatchObject({ code: 0, stdout: 'published 0 snapshots\n' });
  expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--since TIME') });
});

test.each([
  [['--since', 'yesterday'], {}, '--since yesterday is not a time such as 2026-01-31T12:00:00Z'],
  [['--sinse', '2026-01-31'], {}, "Unknown option '--sinse'"],
  [[], { LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of'],
])('%j %j is refused with a message that says what to do', async (args, env, message) => {
  const { code, stdout, stderr } = await run(args, env);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
});

test.each([
  ['>&3', 141, ''], // a pipe whose reader has ended
  ['>/dev/full', 1, expect.stringMatching(/^standard output cannot be written: ENOSPC.*\n$/)],
])('output that goes to %s ends it with %i and no stack', (redirection, status, stderr) => {
  const script = `exec 3> >(true); wait $!; "$0" "$1" --since 2999-01-31T12:00:00Z ${redirection}`;
  const env = { ...process.env, ...bed.env() };
  const ran = spawnSync('/bin/bash', ['-c', script, process.execPath, program], { env, encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([status, stderr]);
});

test('without the broker it gives up and says that nothing was published, and no password', async () => {
  const { code, stdout, stderr } = await withoutNats.ended;
  const engine = ENGINE_NAMES[testServers().engine];
  expect(code).toBe(1);
  expect(stderr).toContain(`${engine} cannot be reached at ${withoutNats.url}: nothing was published`);
  expect(stdout + stderr).not.toContain('hunter2');
});
