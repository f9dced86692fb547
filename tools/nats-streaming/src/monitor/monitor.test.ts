import { waitFor } from '@ticketing/testing';
import { freePort, type RunningNats, startNats } from '@ticketing/servers';
import { client, close, endChildren, Monitor, publish, runMonitor, startListener } from './monitor.test.helper';
import type { Seen } from './look';

const env = { ...process.env, NATS_URL: '' };
/** A client that does not answer is dropped after its third heartbeat; each waits 2 s for the answer. */
const IMPATIENT = ['-hbi', '1s', '-hbt', '2s', '-hbf', '2'];
let nats: RunningNats;
let url: string;

beforeAll(async () => {
  nats = await startNats({ env, args: IMPATIENT });
  url = nats.monitorUrl ?? '';
});
afterEach(endChildren);
afterAll(() => nats.stop());

const watching = (...channels: string[]) => new Monitor([...channels, '--url', url, '--watch', '0.2', '--json']);
const stateOf = (seen: Seen, id: string) => seen.clients.find((one) => one.id === id)?.heartbeat.state;

test('of a queue group a member is killed: it has no connection, then vanishes, and its messages go to the others', async () => {
  const stan = await client(nats, 'publisher');
  await publish(stan, Array<string>(9).fill('group'));
  await close(stan);
  const told = { channel: 'group', group: 'workers', maxInFlight: 2 };
  const members = await Promise.all(['one', 'two', 'three'].map((id) => startListener(nats, { ...told, id })));
  const monitor = watching('group');
  const before = await monitor.until(
    ({ subscriptions }) => subscriptions.every((s) => s.pending_count === 2),
    'six sent',
  );
  expect(before.channels).toEqual([{ name: 'group', msgs: 9, bytes: expect.any(Number), first_seq: 1, last_seq: 9 }]);
  expect(before.subscriptions).toHaveLength(3);
  const row = { channel: 'group', group: 'workers', durable: null, ack_wait: 60, not_sent: 3, state: 'stalled' };
  for (const seen of before.subscriptions) expect(seen).toMatchObject(row);
  await monitor.until((seen) => ['one', 'two', 'three'].every((id) => stateOf(seen, id) === 'answering'), 'answers');

  members[1]?.kill('SIGKILL');
  const isDead = (seen: Seen) => stateOf(seen, 'two') === 'no connection' && seen.subscriptions.length === 3;
  const dead = await monitor.until(isDead, 'a dead client');
  expect(dead.clients.find(({ id }) => id === 'two')).toMatchObject({ since: null });
  const isWithout = ({ clients, subscriptions }: Seen) =>
    clients.map(({ id, heartbeat }) => `${id} ${heartbeat.state}`).join() === 'one answering,three answering' &&
    subscriptions.length === 2 &&
    subscriptions.reduce((sum, { pending_count }) => sum + pending_count, 0) === 6;
  await monitor.until(isWithout, 'two members with six messages');
});

test('a stopped client is silent, and answers again when it goes on', async () => {
  const listener = await startListener(nats, { id: 'sleeper', channel: 'stopped' });
  const monitor = watching('stopped');
  await monitor.until((seen) => stateOf(seen, 'sleeper') === 'answering', 'answers');
  listener.kill('SIGSTOP');
  const silent = await monitor.until((seen) => stateOf(seen, 'sleeper') === 'silent', 'silence');
  const heartbeat = silent.clients.find(({ id }) => id === 'sleeper')?.heartbeat;
  expect(heartbeat?.unanswered).toBeGreaterThanOrEqual(1);
  expect(heartbeat?.quiet_ms).toBeGreaterThanOrEqual(1_000);
  listener.kill('SIGCONT');
  await monitor.until((seen) => stateOf(seen, 'sleeper') === 'answering', 'answers again');
});

test('one look for people: a durable that is offline, and one that is stalled, without colours', async () => {
  const stan = await client(nats, 'publisher');
  await publish(stan, ['kept', 'kept', 'kept']);
  await close(stan);
  await startListener(nats, { id: 'slow', channel: 'kept', maxInFlight: 1 });
  const leaver = await startListener(nats, { id: 'leaver', channel: 'kept', durable: 'archive', maxInFlight: 2 });
  const left = new Promise((resolve) => leaver.once('exit', resolve));
  leaver.kill('SIGTERM');
  await left;
  const { code, stdout } = await runMonitor(['kept', '--url', url], { FORCE_COLOR: '1' });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^0\.25\.6 +ticketing +STANDALONE +\d{4}-\S+:\d\d(Z|[+-]\S+) +\S+s$/m);
  expect(stdout).toMatch(/^MEMORY +\d+ +\d+ +max_bytes 10737418240, max_subscriptions 1000$/m);
  expect(stdout).toMatch(/^slow +\d{4}-\S+:\d\dZ +connected$/m);
  expect(stdout).toMatch(/^kept +3 +\d+ +1 +3$/m);
  expect(stdout).toMatch(/^clients: \d.*; channels: 1; subscriptions: 2, 1 offline, 1 stalled$/m);
  expect(stdout).toMatch(/^kept +- +- +slow +1 +1 +2 +60 s +stalled$/m);
  expect(stdout).toMatch(/^kept +- +archive +leaver +2 +2 +1 +60 s +offline$/m);
  expect(stdout).not.toContain('\x1b');
});

test('--observe tells in one look for programs who answers', async () => {
  await startListener(nats, { id: 'observed', channel: 'observed' });
  const look = async () => {
    const { code, stdout } = await runMonitor(['--url', url, '--json', '--observe', '2.5']);
    expect(code).toBe(0);
    const seen = JSON.parse(stdout) as Seen;
    return stateOf(seen, 'observed') === 'answering' && seen;
  };
  const seen = await waitFor(look, { what: 'a look that tells it' });
  expect(seen).toMatchObject({ server: { cluster_id: 'ticketing' }, store: { type: 'MEMORY' }, missing: [] });
});

test('--watch on a pipe prints one look after another, and ends at once with 0 on SIGTERM and SIGINT', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const monitor = new Monitor(['nonsense', '--url', url, '--watch', '0.1']);
    await waitFor(() => monitor.stdout.split('\n--- ').length > 2);
    const asked = Date.now();
    monitor.kill(signal);
    expect(await monitor.ended()).toBe(0);
    expect(Date.now() - asked).toBeLessThan(15_000);
    expect(monitor.stdout).toContain('\nnonsense is not there: nobody has published or subscribed\n');
    expect(monitor.stdout).not.toContain('\x1b');
  }
});

test('more channels and clients than the port lists unless asked', async () => {
  const many = await startNats({ env, args: ['-hbi', '60s'] });
  const names = Array.from({ length: 1_100 }, (_, n) => `c${n}`);
  const clients = await Promise.all(names.map((name) => client(many, name)));
  await publish(await client(many, 'publisher'), names);
  const { stdout } = await runMonitor(['--url', many.monitorUrl ?? '', '--json']);
  await Promise.all(clients.map(close));
  await many.stop();
  const seen = JSON.parse(stdout) as Seen;
  expect({ clients: seen.clients.length, channels: seen.channels.length }).toEqual({ clients: 1_101, channels: 1_100 });
  expect(new Set(seen.clients.map(({ heartbeat }) => heartbeat.state))).toEqual(new Set(['connected']));
});

test('a server of its own NATS elsewhere does not know connections', async () => {
  const outside = await startNats({ env, clusterId: 'outside', args: ['-ns', nats.url] });
  const stan = await client({ url: nats.url, clusterId: 'outside' }, 'somewhere');
  const { stdout } = await runMonitor(['--url', outside.monitorUrl ?? '']);
  await close(stan);
  await outside.stop();
  expect(stdout).toMatch(/^somewhere +- +unknown$/m);
});

test('the server goes and comes back while it is watched', async () => {
  const [port, monitorPort] = [await freePort(), await freePort()];
  const start = () => startNats({ env, port, args: ['-m', String(monitorPort)] });
  const first = await start();
  const monitor = new Monitor(['--watch', '0.2', '--json', '--url', `http://127.0.0.1:${monitorPort}`]);
  const { server } = await monitor.until(() => true, 'the server');
  await first.kill();
  expect((await monitor.untilAway()).away).toContain('cannot be read');
  const second = await start();
  const again = await monitor.until(() => true, 'the server again');
  expect(again.server.start_time).not.toBe(server.start_time);
  await second.stop();
});

test.each([[[]], [['--watch']]])('a port that cannot be read: exit 2 and what to do (%j)', async (args) => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const wrong = [nobody, nats.url.replace('nats:', 'http:'), 'nonsense'];
  const answers = await Promise.all(wrong.map((address) => runMonitor([...args, '--url', address])));
  for (const { code, stdout, stderr } of answers) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /cannot be read at [\s\S]*\(-m 8222[\s\S]*npm run nats:server[\s\S]*--url http:\/\/host:8222/,
    );
  }
});

test.each(['http://bob:secret@host:8222', 'bob:secret@host', 'nats://host'])('--url %s is refused', async (address) => {
  const { code, stderr } = await runMonitor(['--url', address]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('such as http://localhost:8222') });
  expect(stderr).not.toContain('secret');
});

test('wrong use is 2, and a channel that is not there is 1', async () => {
  expect(await runMonitor(['--url', url, '--watch', 'ticket:created'])).toMatchObject({
    ...{ code: 2, stdout: '' },
    stderr: expect.stringContaining('Name channels before the options'),
  });
  expect(await runMonitor(['nonsense', '--url', url])).toEqual({
    ...{ code: 1, stdout: '' },
    stderr: 'NATS Streaming has no channel nonsense: nobody has published or subscribed.\n',
  });
});
