import { freePort, type RunningJetStream, startJetStream } from '@ticketing/servers';
import { uniqueName, waitFor } from '@ticketing/testing';
import { killAll, Program } from '../program.test.helper';

let nats: RunningJetStream;
let env: NodeJS.ProcessEnv;
let channel: string;
beforeAll(async () => {
  nats = await startJetStream({ env: { ...process.env, NATS_URL: '' } });
  env = { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, BROKER: 'jetstream' };
});
afterAll(() => nats.stop());
beforeEach(() => (channel = `${uniqueName('channel')}:made`));
afterEach(killAll);

const publish = (...args: string[]) => new Program('publish/publisher.js', [channel, ...args], env).ended;

async function listening(...args: string[]): Promise<Program> {
  const program = new Program('listen/listener.js', [channel, ...args], env);
  await waitFor(() => program.stderr.includes('listening on'), { what: 'a subscription' });
  return program;
}
const data = ({ stdout }: Program) => [...stdout.matchAll(/Z \S+ (.*)$/gm)].map(([, text]) => text);

test('what is published is printed, and each way to begin is that of NATS Streaming', async () => {
  const { code, stdout } = await publish('message {n}', '--count', '3');
  expect([code, stdout.match(/^published to \S+, sequence \d+$/gm)?.length]).toEqual([0, 3]);
  const second = String(Number(/sequence (\d+)/.exec(stdout)?.[1]) + 1);
  const starts = [[], ['--all'], ['--last'], ['--from', second], ['--since', '10m']];
  const listeners = await Promise.all(starts.map((start) => listening(...start)));
  await publish('{"id":"42","title":"the last"}');
  await waitFor(() => listeners.every((one) => data(one).some((text) => text?.includes('the last'))));
  expect(listeners.map((one) => data(one).length)).toEqual([1, 4, 2, 3, 4]);
  const [first] = listeners;
  expect(first?.stdout).toMatch(new RegExp(`^#\\d+ new 2\\S+Z ${channel} { id: '42', title: 'the last' }$`, 'm'));
  expect(await first?.kill('SIGTERM')).toMatchObject({ code: 0, stderr: expect.stringContaining('connection closed') });
});

test('a queue group shares the messages, a durable goes on where it was, and --unsubscribe deletes its position', async () => {
  await publish('message {n}', '--count', '4');
  const group = ['--queue', channel.replace(':', '-'), '--durable', channel.replace(':', '-'), '--all'];
  const members = [await listening(...group), await listening(...group)];
  await waitFor(() => members.flatMap(data).length >= 4);
  await publish('message {n}', '--count', '20');
  await waitFor(() => members.flatMap(data).length >= 24);
  expect(new Set(members.flatMap(({ sequences }) => sequences)).size).toBe(24);
  await Promise.all(members.map((member) => member.kill('SIGTERM')));
  await publish('while it was away');
  const later = await listening(...group, '--unsubscribe');
  await waitFor(() => data(later).length > 0);
  expect(data(later)).toEqual(['while it was away']);
  await later.kill('SIGTERM');
  const anew = await listening(...group);
  await waitFor(() => data(anew).length >= 25);
});

test('what is not acked comes again; the monitor and its JSON show it, and the stream', async () => {
  await publish('never acked');
  const name = channel.replace(':', '-');
  const listener = await listening('--durable', name, '--all', '--no-ack', '--ack-wait', '1000');
  await waitFor(() => /^#\d+ redelivered .*\(not acked\)$/m.test(listener.stdout), { timeoutMs: 60_000 });
  const shown = await new Program('monitor/main.js', [channel], env).ended;
  expect(shown.stdout).toMatch(/^syncs before each ack$/m);
  expect(shown.stdout).toMatch(/^ticketing +\S+ +1 +\d+/m);
  expect(shown.stdout).toMatch(new RegExp(`^${channel} +${name} +1 +`, 'm'));
  const { stdout } = await new Program('monitor/main.js', [channel, '--json'], env).ended;
  expect(JSON.parse(stdout)).toMatchObject({ consumers: [{ channel, name, num_ack_pending: 1, num_pending: 0 }] });
});

test.each([
  ['monitor/main.js', ['no:such'], 1, 'JetStream has no consumer of no:such'],
  ['monitor/main.js', ['--observe', '1'], 2, '--observe has no meaning on JetStream'],
  ['monitor/main.js', ['--broker', 'streaming'], 2, 'it has no /streaming/'],
  ['listen/listener.js', ['a', '--durable', 'a.b'], 1, 'a.b cannot be the name of a consumer'],
])('%s %j: exit %i, %s', async (program, args, code, words) => {
  const ended = await new Program(program, args, env).ended;
  expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(words)]);
});

test('nats:server --broker jetstream says its whole command line, and stops by SIGTERM', async () => {
  const [port, monitor] = [String(await freePort()), String(await freePort())];
  const args = ['--broker', 'jetstream', '--port', port, '--monitor-port', monitor];
  const server = new Program('server.js', args);
  await waitFor(() => server.stderr.includes('Ready: '), { what: 'a server', timeoutMs: 60_000 });
  expect(server.stderr).toMatch(new RegExp(`^nats-server -c \\S+ -a 127.0.0.1 -p ${port} .*-m ${monitor}$`, 'm'));
  expect(await server.kill('SIGTERM')).toMatchObject({ code: 0, stderr: expect.stringMatching(/^stopped$/m) });
  expect((await new Program('server.js', ['--broker', 'jetstream', '-c', 'mine']).ended).stderr).toContain('-c cannot');
});
