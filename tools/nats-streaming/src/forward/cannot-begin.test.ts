import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@ticketing/testing';
import { isAlive } from '@ticketing/servers';
import { podJson, standInCluster, startForward } from './cluster.test.helper';

let cluster: ReturnType<typeof standInCluster>;
beforeEach(() => (cluster = standInCluster()));
afterEach(() => cluster.remove());

const start = (...args: string[]) => startForward(`${cluster.dir}:/bin:/usr/bin`, ...args);

async function endOf(forward: Awaited<ReturnType<typeof start>>) {
  const deadline = setTimeout(() => forward.child.kill('SIGKILL'), 20_000);
  const result = await forward.exited;
  clearTimeout(deadline);
  expect(cluster.forwarding().filter(isAlive)).toEqual([]);
  return result;
}
const run = async (...args: string[]) => endOf(await start(...args));

test.each([
  [
    'no cluster',
    'The connection to the server localhost:8080 was refused',
    'localhost:8080 was refused',
    'kubectl cluster-info',
  ],
  [
    'no such context',
    'Error in configuration: context was not found for specified context: nope',
    'nope',
    'kubectl config get-contexts',
  ],
  [
    'may not list',
    'Error from server (Forbidden): pods is forbidden: User "bob" cannot list resource',
    'User "bob" cannot list',
    'kubectl auth can-i',
  ],
])('%s: says why and what to do, and exits with 2', async (_, stderr, reason, remedy) => {
  cluster.setFailing('get', stderr);
  const ran = await run();
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/^kubectl cannot list the pods: /);
  expect(ran.stderr).toContain(reason);
  expect(ran.stderr).toContain(remedy);
});

test('a namespace that does not exist, of which kubectl only says that it has no pods', async () => {
  const ran = await run('--namespace', 'nowhere');
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/no such namespace: namespaces "nowhere" not found\n.*--namespace/);
});

test('may list but not forward', async () => {
  cluster.setPods(podJson('nats-0', 'uid-1'));
  cluster.setFailing(
    'port-forward',
    'error: error upgrading connection: pods "nats-0" is forbidden: User "carol" cannot',
  );
  expect(await run()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('create pods/portforward in ticketing'),
  });
});

test('no kubectl', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'path-'));
  const ran = await endOf(await startForward(empty));
  expect(ran).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no kubectl on the PATH. Install it'),
  });
  rmdirSync(empty);
});

test.each(['--port', '--monitor-port'])('a local port that is taken, of %s', async (option) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ran = await run(option, String(port));
  server.close();
  const stderr = `Port ${port} is taken. Stop what listens there, or choose another by ${option}.\n`;
  expect(ran).toEqual({ code: 2, stdout: '', stderr });
});

test.each([
  [['--port', '5000', '--monitor-port', '5000'], '--port and --monitor-port must be two ports.'],
  [['nats-0'], 'too many arguments'],
])('a wrong use: %j', async (args, message) => {
  expect(await run(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});

test('a local port that is taken while it waits for a pod: kubectl would go on with the other one', async () => {
  const forward = await start();
  await waitFor(() => forward.times('Waiting for a ready pod'));
  const server = createServer().listen(forward.monitorPort, '127.0.0.1');
  await once(server, 'listening');
  cluster.setPods(podJson('nats-0', 'uid-1'));
  const ran = await endOf(forward);
  server.close();
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(`Port ${forward.monitorPort} is taken.`) });
  expect(cluster.forwarding()).toHaveLength(1);
});
