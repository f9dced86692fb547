import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testServers, waitFor } from '@ticketing/testing';
import { freePort, startMongo, startNats } from '@ticketing/servers';
import { readAddresses } from '@ticketing/start';
import { Command } from 'commander';
import { runCommand } from '../run-command.test.helper';
import { addAddressOptions, addressesOf } from './addresses';

const { mongoUrl } = testServers();
const AWAY = { mongo: 'mongodb://bob:secret@127.0.0.1:1', nats: 'nats://bob:secret@127.0.0.1:1' };

test.concurrent.each([
  ['no command', [], {}, /^Usage: npm run ops -- \[options\] \[command\]$/m],
  ['no address and no npm start', ['audit'], {}, /^No address is given, and no `npm start` runs here/],
  ['no address for dead letters', ['dead-letters', 'list'], {}, /--mongo mongodb:\/\/host:27017/],
  ['no NATS Streaming', ['audit', '--mongo', mongoUrl], {}, /address of nats is missing: give --nats \(NATS_URL\)/],
  [
    'one database',
    ['dead-letters', 'list', '--tickets-mongo', mongoUrl],
    {},
    /address of orders is missing: give --mongo/,
  ],
  ['no monitoring port', ['channel'], { MONGO_URI: mongoUrl }, /address of monitor is missing: give --monitor/],
  [
    'MongoDB is away',
    ['dead-letters', 'list'],
    { MONGO_URI: AWAY.mongo },
    /^MongoDB cannot be used at mongodb:.*\*\*\*@127/,
  ],
  [
    'NATS Streaming is away',
    ['audit', '--nats', AWAY.nats],
    { MONGO_URI: mongoUrl },
    /cannot be reached at nats:\/\/127\.0\.0\.1:1 within/,
  ],
  [
    'not a NATS address',
    ['audit', '--nats', 'nats://bob:se#cret@here'],
    { MONGO_URI: mongoUrl },
    /^--nats \(NATS_URL\) must be an address such as .*percent-encoded/,
  ],
  [
    'not a MongoDB address',
    ['audit', '--mongo', 'http://bob:secret@here'],
    {},
    /^"http:\/\/\*\*\*@here" is not the address/,
  ],
  [
    'an address that no driver takes',
    ['dead-letters', 'list', '--mongo', 'mongodb://bob:se/cret@x'],
    {},
    /^MongoDB cannot/,
  ],
  ['an unknown option', ['audit', '--nonsense'], {}, /^error: unknown option '--nonsense'$/m],
  ['a number that is none', ['audit', '--settle', '1s'], {}, /It must be a whole number from 0 to 999999999\./],
])('%s: exit 2, a clear message, no password', async (_name, args, env, message) => {
  const { code, stdout, stderr } = await runCommand(args, env);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
  expect(stderr).not.toMatch(/secret|cret@/);
});

test('an option is nearer than the environment, and the database of one service than that of both', async () => {
  const env = { TICKETS_MONGO_URI: AWAY.mongo, ORDERS_MONGO_URI: AWAY.mongo, MONGO_URI: AWAY.mongo };
  expect(await runCommand(['dead-letters', 'list', '--mongo', mongoUrl], env)).toMatchObject({ code: 0 });
  const both = ['--tickets-mongo', mongoUrl, '--mongo', AWAY.mongo];
  expect(await runCommand(['dead-letters', 'list', '--service', 'tickets', ...both], env)).toMatchObject({ code: 0 });
});

test.each([
  ['mongodb://db:27017', 'mongodb://db:27017/orders'],
  ['mongodb://db:27017/?replicaSet=rs', 'mongodb://db:27017/orders?replicaSet=rs'],
  ['mongodb://db:27017/shop?replicaSet=rs', 'mongodb://db:27017/shop?replicaSet=rs'],
])('the database of orders at --orders-mongo %s is %s, as for the service', (given, expected) => {
  const command = addAddressOptions(new Command(), 'databases').parse(['--orders-mongo', given], { from: 'user' });
  expect(addressesOf(command, {}).databases.orders).toBe(expected);
});

test('--help of each command is exit 0 and has examples', async () => {
  const names = [
    'audit',
    'bridge',
    'channel',
    'dead-letters',
    'dead-letters list',
    'dead-letters show',
    'dead-letters redrive',
    'dead-letters drop',
    'forget',
    'rebuild',
    'states',
  ];
  const helps = await Promise.all(names.map((name) => runCommand([...name.split(' '), '--help'], {})));
  for (const { code, stdout } of helps) {
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Examples:\n {2}npm run (ops|audit|bridge)/m),
    });
  }
});

test('without an address it looks at the system that npm start runs', async () => {
  // It has servers of its own, because databases and channels without a prefix contain what other suites have left.
  const found = { ...process.env, NATS_URL: '', MONGO_URI: '' };
  const [nats, mongo] = await Promise.all([startNats({ env: found }), startMongo({ env: found })]);
  const dir = mkdtempSync(join(tmpdir(), 'ops-'));
  const env = { TICKETING_DATA: dir, PORT: String(await freePort()) };
  const main = require.resolve('@ticketing/start').replace(/index\.js$/, 'main.js');
  const servers = { MONGO_URI: mongo.url, NATS_URL: nats.url, NATS_CLUSTER_ID: nats.clusterId };
  const child = spawn(process.execPath, [main], { env: { ...process.env, ...env, ...servers }, stdio: 'ignore' });
  const exited = once(child, 'exit');
  try {
    await waitFor(() => readAddresses({ ...env }), { timeoutMs: 60_000, what: 'npm start' });
    const ran = await runCommand(['dead-letters', 'list', '--json'], env);
    expect({ code: ran.code, letters: ran.json() }).toEqual({ code: 0, letters: expect.any(Array) });
    const audited = await runCommand(['audit', '--json'], env);
    const compared = { tickets: 0, orders: 0, events: 0, payments: 0, promises: 0 };
    expect({ code: audited.code, report: audited.json(), stderr: audited.stderr }).toEqual({
      ...{ code: 2, stderr: expect.stringMatching(/^There was nothing to compare: no ticket, no order, no event/) },
      report: { agree: null, compared, disagreements: [] },
    });
    const inWords = await runCommand(['audit'], env);
    expect(inWords).toMatchObject({ code: 2, stdout: '', stderr: audited.stderr });
    expect(await runCommand(['channel'], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('give --monitor'),
    });
  } finally {
    child.kill('SIGTERM');
    await exited;
    await Promise.all([nats.stop(), mongo.stop()]);
    rmSync(dir, { recursive: true });
  }
});
