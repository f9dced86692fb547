import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { childrenOf, freePort } from '@ticketing/servers';
import { serviceNames } from '@ticketing/services';
import { openUntil } from '@ticketing/testing';
import { cleanUp, dataDir, start } from './npm-start.test.helper';
import { readAddresses } from './settings/addresses';

jest.setTimeout(120_000);
afterEach(cleanUp);
const open = openUntil(afterEach);

const ROOT = join(__dirname, '..', '..', '..');
const shell = async (script: string, env: NodeJS.ProcessEnv = {}) =>
  (await promisify(execFile)('bash', ['-c', script], { cwd: ROOT, env: { ...process.env, ...env } })).stdout;

/** The printed commands, each for a terminal in which the token is set. */
function commandsIn(output: string): readonly string[] {
  const [token = ''] = /^export TOKEN=.*$/m.exec(output) ?? [];
  return output.split('\n').flatMap((line) => (line.startsWith('curl ') ? [`${token}\n${line}`] : []));
}

/** Asks again until there is what is looked for, because events take a moment. */
async function until<T>(ask: () => Promise<T>, has: (answer: T) => unknown): Promise<T> {
  for (const end = Date.now() + 60_000; ; await sleep(50)) {
    const isLast = Date.now() > end;
    const answer = await ask();
    if (has(answer) || isLast) return answer;
  }
}

test('starts everything, its printed lines work, stops in order on Ctrl-C, and keeps the data', async () => {
  const env = { PORT: String(await freePort()), TICKETING_DATA: dataDir() };
  const first = start(env);
  const output = await first.said(/Ctrl-C stops everything/);
  expect(output).toMatch(
    /^Ready: http:\/\/localhost:\d+ +MongoDB: mongodb:\/\/127\S+ +NATS Streaming: nats:\/\/127\S+$/m,
  );
  expect(output).not.toMatch(/^(MongoDB|NATS Streaming): not /m); // what was tried in vain is for --verbose
  const [sell = '', list = '', order = '', show = ''] = commandsIn(output);
  const ticket = JSON.parse(await shell(sell));
  expect(ticket).toMatchObject({ title: 'Concert', price: 20, userId: 'alice', version: 0 });
  expect(JSON.parse(await shell(list))).toEqual([ticket]);
  const ordered = await until(
    async () => JSON.parse(await shell(order)),
    ({ id }) => id,
  );
  expect(ordered).toMatchObject({ status: 'created', ticket: { id: ticket.id, price: 20 } });
  const shown = await until(
    async () => JSON.parse(await shell(show)),
    ({ orderId }) => orderId,
  );
  expect(shown).toEqual({ ...ticket, version: 1, orderId: ordered.id });

  // The lines of the README, pasted as they stand.
  const [, pasted = ''] = /## Try it[^]*?\n```\n([^]*?)\n```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  const paste = async () =>
    (await shell(`(${pasted}) 2>&1 | cat`, env))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  // On a busy machine the first order may come before the event of its ticket.
  const answers = await until(paste, ([, , , shown]) => shown?.version === 1);
  const [sold, all, order2, now] = answers;
  expect(sold).toMatchObject({ title: 'concert', version: 0 });
  expect(all).toContainEqual(sold);
  expect(order2).toMatchObject({ status: 'created', ticket: { id: sold.id } });
  expect(now).toEqual({ ...sold, version: 1, orderId: order2.id });
  expect(answers).toHaveLength(4); // the fifth answer, 204, is empty
  // What became of it, told by the owner and by the other service.
  await first.said(new RegExp(`^tickets \\[[\\d:]+\\] published ticket:created ${sold.id} version 0$`, 'm'));
  await first.said(new RegExp(`^orders  \\[[\\d:]+\\] applied   ticket:created ${sold.id} version 0$`, 'm'));
  expect(first.output()).not.toContain('DEBUG');

  const targetsFile = join(env.TICKETING_DATA, 'scrape-targets.json');
  const [{ targets }] = JSON.parse(readFileSync(targetsFile, 'utf8')) as [{ targets: string[] }];
  const scrapes = await Promise.all(targets.map(async (one) => (await fetch(`http://${one}/metrics`)).text()));
  expect(scrapes.map((scrape) => /service="(\w+)"/.exec(scrape)?.[1])).toEqual(serviceNames);

  // A terminal and npm both send it: twice at once is one Ctrl-C.
  for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const) first.child.kill(signal);
  expect(await first.exited).toBe(0);
  const parts = ['ingress', ...serviceNames, 'NATS Streaming', 'MongoDB'];
  const stops = first.output().match(new RegExp(`^(${parts.join('|')}) stopped$`, 'gm')) ?? [];
  expect(stops).toHaveLength(parts.length);
  expect(stops[0]).toBe('ingress stopped');
  expect(stops.slice(-2)).toEqual(['NATS Streaming stopped', 'MongoDB stopped']);
  expect(first.output()).toMatch(/^(tickets|orders ) \[\d\d:\d\d:\d\d\.\d+\] INFO: /m);
  expect(existsSync(targetsFile)).toBe(false);
  expect(statSync(join(env.TICKETING_DATA, 'jwt-key')).mode & 0o777).toBe(0o600);

  const second = start(env, '--verbose');
  const verbose = await second.said(/Ctrl-C stops everything/);
  if (!/^MongoDB: mongod on PATH$/m.test(verbose)) expect(verbose).toMatch(/^MongoDB: not mongod on PATH: /m);
  expect(await (await fetch(`http://localhost:${env.PORT}/api/tickets/${ticket.id}`)).json()).toEqual(shown);
  second.child.kill('SIGTERM');
  expect(await second.exited).toBe(0);
});

test('on JetStream it says so, an order crosses it, and its data is kept beside that of the other engine', async () => {
  const env = { PORT: String(await freePort()), TICKETING_DATA: dataDir(), BROKER: '' };
  const first = start(env, '--broker', 'jetstream');
  const output = await first.said(/Ctrl-C stops everything/);
  expect(output).toMatch(/^Ready: \S+ +MongoDB: mongodb:\/\/127\S+ +JetStream: nats:\/\/127\S+$/m);
  expect(readAddresses(env)).toMatchObject({ broker: 'jetstream', natsMonitorUrl: expect.any(String) });
  const [sell = '', , order = '', show = ''] = commandsIn(output);
  const ticket = JSON.parse(await shell(sell));
  const ordered = await until(
    async () => JSON.parse(await shell(order)),
    ({ id }) => id,
  );
  const shown = await until(
    async () => JSON.parse(await shell(show)),
    ({ orderId }) => orderId,
  );
  expect(shown).toEqual({ ...ticket, version: 1, orderId: ordered.id });
  first.child.kill('SIGINT');
  expect(await first.exited).toBe(0);
  expect(first.output()).toMatch(/^JetStream stopped$\n^MongoDB stopped$/m);
  expect(first.output()).not.toContain('a power failure may take');
  expect(readdirSync(env.TICKETING_DATA).sort()).toEqual(['jetstream', 'jwt-key', 'mongo']);

  const second = start({ ...env, BROKER: 'jetstream' });
  expect(await second.said(/Ctrl-C stops everything/)).toContain('JetStream: nats://');
  const [{ natsMonitorUrl = '' } = {}] = [readAddresses(env)];
  const { messages } = (await (await fetch(`${natsMonitorUrl}/jsz`)).json()) as { messages: number };
  expect(messages).toBeGreaterThanOrEqual(3); // created, ordered, updated
  second.child.kill('SIGTERM');
  expect(await second.exited).toBe(0);
});

test.each([
  [['--broker', 'kafka'], {}, "option '--broker <engine>' argument 'kafka' is invalid"],
  [[], { BROKER: 'kafka' }, "option '--broker <engine>' value 'kafka' from env 'BROKER' is invalid"],
])('%j with %j is refused with the engines that there are', async (args, env, words) => {
  const refused = start({ TICKETING_DATA: dataDir(), ...env }, ...args);
  expect(await refused.exited).toBe(2);
  expect(refused.output()).toBe(`error: ${words}. The engines are streaming and jetstream.\n`);
});

test('run twice at once it says so; when a service dies it says so and stops everything; both exit with 1', async () => {
  const env = { PORT: String(await freePort()), TICKETING_DATA: dataDir() };
  const first = start(env);
  const output = await first.said(/Ctrl-C stops everything/);
  const second = start({ ...env, PORT: String(await freePort()) });
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain(`npm start is running already (process ${first.child.pid}`);

  const orders = childrenOf(first.child.pid).find(({ args }) => args.includes('services/orders/'));
  process.kill(orders?.pid ?? 0, 'SIGKILL');
  expect(await first.exited).toBe(1);
  const rest = first.output().slice(output.length);
  expect(rest).toMatch(/^orders has ended by itself/m);
  expect(rest).toMatch(
    /^tickets stopped$[\s\S]*^MongoDB stopped$\nEverything was stopped, because orders has ended by itself\.\n$/m,
  );
});

test('what does not start is said last, in one line, after what runs has stopped', async () => {
  const refused = start({ PORT: String(await freePort()), TICKETING_DATA: dataDir(), ACK_WAIT_MS: 'soon' });
  expect(await refused.exited).toBe(1);
  const [stopped, cause, end] = refused.output().split('\n').slice(-3);
  expect([stopped, end]).toEqual(['MongoDB stopped', '']);
  expect(cause).toMatch(/^(tickets|orders) exited with 1 before it was ready: .*ACK_WAIT_MS/);
  expect(refused.output()).not.toMatch(/^\s+at /m);
});

test('a NATS_URL that nobody answers is said last, with what to do, and no service is started', async () => {
  const NATS_URL = `nats://127.0.0.1:${await freePort()}`;
  const { TEST_MONGO_URI: MONGO_URI } = process.env;
  const refused = start({ PORT: String(await freePort()), TICKETING_DATA: dataDir(), MONGO_URI, NATS_URL });
  expect(await refused.exited).toBe(1);
  const [stopped, cause, end] = refused.output().split('\n').slice(-3);
  expect([stopped, end]).toEqual(['ingress stopped', '']);
  expect(cause).toMatch(
    /^NATS Streaming \(cluster id ticketing\) does not answer at nats:\/\/127\S+ \(.*ECONNREFUSED.*\)\. Start it there, or correct NATS_URL; without/,
  );
  expect(refused.output()).not.toMatch(/^starting |WARN/m);
});

test('a port that is taken, or cannot be one: a clear message and exit 1, before anything is started', async () => {
  const server = open(createServer().listen(0), (opened) => opened.close());
  const PORT = String((server.address() as AddressInfo).port);
  const taken = start({ PORT, TICKETING_DATA: dataDir() });
  expect(await taken.exited).toBe(1);
  expect(taken.output()).toMatch(
    /^Port \d+ is taken\. Stop what listens there, or choose another: PORT=3001 npm start$/m,
  );
  expect(taken.output()).not.toContain('MongoDB:');
  const bad = start({ PORT: 'http', TICKETING_DATA: dataDir() });
  expect(await bad.exited).toBe(1);
  expect(bad.output()).toBe('PORT is "http", but must be a port from 1 to 65535\n');
});

test('MONGO_URI and NATS_URL that are given are used, and are not stopped', async () => {
  const { TEST_MONGO_URI, TEST_NATS_URL, TEST_NATS_CLUSTER_ID } = process.env;
  const given = start({
    PORT: String(await freePort()),
    TICKETING_DATA: dataDir(),
    MONGO_URI: TEST_MONGO_URI,
    NATS_URL: TEST_NATS_URL,
    NATS_CLUSTER_ID: TEST_NATS_CLUSTER_ID,
    PATH: tmpdir(),
  });
  const output = await given.said(/Ctrl-C stops everything/);
  expect(output).toContain('MongoDB: the server at MONGO_URI');
  expect(output).toContain('NATS Streaming: the server at NATS_URL');
  expect(output).toMatch(new RegExp(`^Ready: .*MongoDB: ${TEST_MONGO_URI} .*NATS Streaming: ${TEST_NATS_URL}$`, 'm'));
  given.child.kill('SIGTERM');
  expect(await given.exited).toBe(0);
  expect(given.output()).not.toContain('MongoDB stopped');
});

test.each([
  ['a reader that is gone', 'exec 3> >(:); wait $!', 141, ''],
  [
    'a full device',
    'exec 3>/dev/full',
    1,
    'standard output cannot be written: ENOSPC: no space left on device, write\n',
  ],
])('its help to %s ends it without a stack', (_reader, opens, status, stderr) => {
  const script = `${opens}; exec "$0" "$1" --help >&3`;
  const main = join(__dirname, '..', 'dist', 'main.js');
  const ran = spawnSync('/bin/bash', ['-c', script, process.execPath, main], { encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([status, stderr]);
});
