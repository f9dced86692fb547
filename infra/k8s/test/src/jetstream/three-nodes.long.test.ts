import { once } from 'node:events';
import { connect as connectTo } from 'node:net';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { TestSystem } from '@ticketing/e2e/test-system';
import { Client } from '@ticketing/e2e/client';
import { MixedLoad } from '@ticketing/e2e/mixed-load';
import type { JetStreamCluster } from '@ticketing/servers';
import { serviceNames } from '@ticketing/services';
import { waitFor } from '@ticketing/testing';
import type { Objects, Workload } from '../manifests/objects';
import { clusterOfOverlay, jetStreamOverlay, PASSWORDS, urlFor } from './overlay.test.helper';

const IN_TIME = { timeoutMs: 120_000, everyMs: 200 };

let objects: Objects;
let cluster: JetStreamCluster;
let system: TestSystem;
beforeAll(async () => {
  objects = await jetStreamOverlay();
  cluster = await clusterOfOverlay(objects);
  system = await TestSystem.open();
  for (const name of serviceNames) {
    await system.start(name, { BROKER: 'jetstream', NATS_URL: urlFor(name, cluster.url) });
  }
}, 600_000);
afterAll(async () => {
  await system?.close();
  await cluster?.remove();
});

const podOf = () =>
  (objects.find(({ metadata, kind }) => kind === 'StatefulSet' && metadata.name === 'nats') as Workload).spec.template
    .spec;
const probedPaths = () =>
  (['startupProbe', 'readinessProbe', 'livenessProbe'] as const).map(
    (probe) => podOf().containers[0]?.[probe]?.httpGet?.path ?? 'none',
  );
const answerOf = async (url: string) =>
  (await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined))?.status;
const readJson = async <T>(url: string) => (await (await fetch(url)).json()) as T;

/** Of a service: to sell, to reserve, and to see it reserved takes three kinds of events. */
async function trade(title: string): Promise<void> {
  const [alice, bob] = [new Client(system.url, 'alice'), new Client(system.url, 'bob')];
  const ticket = await alice.sold(title);
  const order = await bob.orderSoon(ticket.id);
  const isReserved = async () => (await alice.ticket(ticket.id)).body.orderId === order.id;
  await waitFor(isReserved, { ...IN_TIME, what: `${title} to be reserved` });
}

test('the nodes have the names of their pods, and sync before each ack; each message is on all three', async () => {
  await trade('on three nodes');
  for (const { name, monitorUrl } of cluster.nodes) {
    expect(await readJson(`${monitorUrl}/varz`)).toMatchObject({ server_name: name, cluster: { name: 'ticketing' } });
    expect(await readJson(`${monitorUrl}/jsz`)).toMatchObject({ config: { sync_always: true } });
  }
  const nats = await connect({ servers: cluster.url.split(','), user: 'operator', pass: PASSWORDS.operator });
  const { config, cluster: raft } = await (await jetstreamManager(nats)).streams.info('ticketing');
  await nats.close();
  expect(config.num_replicas).toBe(3);
  expect([raft?.leader, ...(raft?.replicas ?? []).map(({ name }) => name)].sort()).toEqual([
    'nats-0',
    'nats-1',
    'nats-2',
  ]);
});

test('nobody joins the nodes without their password', async () => {
  const route = (await readJson<{ cluster: { cluster_port: number } }>(`${cluster.nodes[0].monitorUrl}/varz`)).cluster;
  const socket = connectTo(route.cluster_port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  const closed = once(socket, 'close');
  socket.write(`CONNECT ${JSON.stringify({ name: 'stranger', cluster: 'ticketing', verbose: false })}\r\nPING\r\n`);
  await closed;
  expect(heard).toContain("-ERR 'Authorization Violation'");
});

test('a node restarted after the other, as lame ducks, under load: no request fails, no message is lost', async () => {
  const { terminationGracePeriodSeconds = 30 } = podOf();
  const load = new MixedLoad({ url: system.url, users: 4, pauseMs: 200 });
  try {
    for (const node of cluster.nodes) {
      const began = Date.now();
      await node.down('SIGUSR2');
      expect(Date.now() - began).toBeLessThan(terminationGracePeriodSeconds * 1_000);
      await trade(`sold without ${node.name}`);
      await node.up();
      // What docs/kubernetes.md asks before the next node: this one has caught up.
      await waitFor(async () => (await answerOf(`${node.monitorUrl}/healthz`)) === 200, {
        ...IN_TIME,
        what: node.name,
      });
      expect(await Promise.all(probedPaths().map((path) => answerOf(node.monitorUrl + path)))).toEqual([200, 200, 200]);
    }
  } finally {
    await load.end();
  }
  expect(
    Object.keys(load.statuses).filter((status) => ![200, 201, 204, 404, 409, 412].includes(Number(status))),
  ).toEqual([]);
  await trade('sold afterwards');
}, 300_000);

test('with two nodes away the one left is alive and can be called, and nothing is published until they are back', async () => {
  const [left, ...away] = cluster.nodes;
  await Promise.all(away.map((node) => node.down()));
  const alice = new Client(system.url, 'alice');
  const ticket = await alice.sold('sold without a majority');
  for (const path of probedPaths()) expect(await answerOf(left.monitorUrl + path)).toBe(200);
  const misses = async () => (await answerOf(`${left.monitorUrl}/healthz`)) === 503;
  await waitFor(misses, { ...IN_TIME, what: 'it to miss the others' });
  for (const path of probedPaths()) expect(await answerOf(left.monitorUrl + path)).toBe(200);
  expect((await new Client(system.url, 'bob').order(ticket.id)).status).toBe(404);
  await Promise.all(away.map((node) => node.up()));
  const isOrdered = async () => [201, 409].includes((await new Client(system.url, 'bob').order(ticket.id)).status);
  await waitFor(isOrdered, { ...IN_TIME, what: 'the ticket in orders' });
}, 300_000);
