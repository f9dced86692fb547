import { once } from 'node:events';
import { waitFor } from '@ticketing/testing';
import { isAlive, type RunningNats, startNats } from '@ticketing/servers';
import { connect } from 'node-nats-streaming';
import { readServer } from '../monitor/streaming';
import { podJson, standInCluster, startForward } from './cluster.test.helper';

// The real program with real servers instead of pods; only kubectl is a stand-in.
let cluster: ReturnType<typeof standInCluster>;
let forward: Awaited<ReturnType<typeof startForward>>;
let servers: RunningNats[];
beforeAll(async () => {
  const own = { env: { ...process.env, NATS_URL: '' } };
  servers = await Promise.all([startNats(own), startNats(own)]);
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));
beforeEach(async () => {
  cluster = standInCluster();
  const [one, two] = servers.map(({ url, monitorUrl = '' }) => ({
    4222: Number(new URL(url).port),
    8222: Number(new URL(monitorUrl).port),
  }));
  cluster.setServers({ 'uid-1': one ?? {}, 'uid-2': two ?? {} });
  forward = await startForward(`${cluster.dir}:/bin:/usr/bin`);
});
afterEach(async () => {
  forward.child.kill('SIGKILL');
  await forward.exited;
  try {
    await waitFor(() => !cluster.forwarding().some(isAlive), { what: 'the end of kubectl' });
  } finally {
    for (const pid of cluster.forwarding().filter(isAlive)) process.kill(pid);
    cluster.remove();
  }
});

const said = (text: string, times = 1) => waitFor(() => forward.times(text) >= times, { what: text });
/** Resolves when the program has looked at the cluster twice more. */
const twoLooks = async (before = cluster.looks()) =>
  waitFor(() => cluster.looks() >= before + 2, { what: 'two looks' });
const kubectlPid = () => cluster.forwarding().at(-1) ?? 0;
/** Which of the servers is behind the port for monitoring. */
const serverId = async (monitorUrl: string) =>
  ((await (await fetch(`${monitorUrl}/streaming/serverz`)).json()) as { server_id: string }).server_id;

/** Connects a real client, publishes, and resolves with the guid that the server acked. */
async function publish(): Promise<string> {
  const stan = connect('ticketing', `test-${Math.random().toString(36).slice(2)}`, {
    url: forward.url,
    connectTimeout: 60_000,
    reconnect: false,
  });
  await once(stan, 'connect');
  const guid = await new Promise<string>((resolve, reject) =>
    stan.publish('ticket:created', '{}', (error, id) => (error ? reject(error) : resolve(id))),
  );
  stan.close();
  await once(stan, 'close');
  return guid;
}

test('waits for a pod, forwards to it, and to the next one of the same name; a SIGTERM leaves nothing', async () => {
  await said('(there is none)');
  expect(forward.stdout()).toContain(
    'kubectl get pods --selector app.kubernetes.io/name=nats-streaming --namespace ticketing',
  );
  cluster.setPods(podJson('nats-0', 'uid-1', false));
  await twoLooks();
  cluster.setPods(podJson('nats-0', 'uid-1'));
  await said('Ctrl-C ends it.');
  expect(forward.stdout()).toContain(`Forwarding to pod nats-0:\n  nats://localhost:${forward.port}`);
  expect(await publish()).not.toBe('');
  const monitorUrl = `http://127.0.0.1:${forward.monitorPort}`;
  expect(await readServer(monitorUrl)).toMatchObject({ cluster_id: 'ticketing' });
  const before = await serverId(monitorUrl);

  cluster.setPods(podJson('nats-0', 'uid-1', true, '2026-01-01T00:00:00Z'));
  await said('(nats-0 is being deleted)');
  expect(isAlive(kubectlPid())).toBe(false);
  cluster.setPods(podJson('nats-0', 'uid-2'));
  await said('Forwarding again, to pod nats-0.');
  expect(await publish()).not.toBe('');
  expect(await serverId(monitorUrl)).not.toBe(before);
  expect(forward.times('Waiting for a ready pod')).toBe(2); // once each time, not once a second

  // Replaced between two looks: only the uid tells.
  cluster.setPods(podJson('nats-0', 'uid-1'));
  await said('Leaving pod nats-0', 2);
  await said('Forwarding again, to pod nats-0.', 2);
  expect(await serverId(monitorUrl)).toEqual(before);

  forward.child.kill('SIGTERM');
  expect(await forward.exited).toMatchObject({ code: 0, stderr: '' });
  expect(cluster.forwarding().filter(isAlive)).toEqual([]);
});

test('starts kubectl again when it dies, and when a connection has killed it; ends it when it is killed itself', async () => {
  cluster.setServers({ 'uid-1': { 4222: Number(new URL(servers[0]?.url ?? '').port) } });
  cluster.setPods(podJson('nats-1', 'uid-0'), podJson('nats-0', 'uid-1'));
  await said('Ctrl-C ends it.');
  expect(forward.stdout()).toContain('Ready as well: nats-1.\nForwarding to pod nats-0:');
  process.kill(kubectlPid(), 'SIGKILL');
  await said('kubectl port-forward ended (it ended with SIGKILL); it is started again ...');
  await said('Forwarding again, to pod nats-0.');
  expect(await publish()).not.toBe('');
  // Nothing listens on its port for monitoring.
  await expect(fetch(`http://127.0.0.1:${forward.monitorPort}`)).rejects.toThrow();
  await said('ended (lost connection to pod, at a connection to its port 8222)');
  await said('Forwarding again, to pod nats-0.', 2);
  forward.child.kill('SIGKILL');
});

test('waits out a cluster that is away, saying so once; a Ctrl-C that comes twice ends it', async () => {
  cluster.setPods(podJson('nats-0', 'uid-1'));
  await said('Ctrl-C ends it.');
  cluster.setFailing(
    'get',
    'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?',
  );
  process.kill(kubectlPid(), 'SIGKILL');
  await said('Waiting for it to answer again ...');
  cluster.setPods(podJson('nats-0', 'uid-2'));
  await twoLooks();
  expect(forward.times('kubectl cannot list the pods')).toBe(1);
  cluster.setFailing('get', undefined);
  await said('The cluster answers again.');
  await said('Forwarding again, to pod nats-0.');
  forward.child.kill('SIGINT');
  forward.child.kill('SIGINT');
  expect(await forward.exited).toMatchObject({ code: 0, stderr: '' });
});
