import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JetStreamCluster, type JetStreamNode, startJetStreamCluster } from './jetstream-cluster';

let cluster: JetStreamCluster;

beforeAll(async () => {
  cluster = await startJetStreamCluster();
});
afterAll(() => cluster?.remove());

/** A stream may have none for a moment. */
async function leader(): Promise<JetStreamNode> {
  for (;;) {
    const node = await cluster.leaderOf('kept');
    if (node) return node;
    await sleep(100);
  }
}

test('a stream on all three servers outlives the one that leads it', async () => {
  const nats = await connect({ servers: cluster.url.split(',') });
  const manager = await jetstreamManager(nats);
  await manager.streams.add({ name: 'kept', subjects: ['kept'], num_replicas: 3 });
  await jetstream(nats).publish('kept', 'message');
  const first = await leader();
  await first.down('SIGTERM');
  const second = await leader();
  expect(second.name).not.toBe(first.name);
  expect(cluster.nodes.map(({ name }) => name)).toContain(first.name);
  await first.up();
  const after = await connect({ servers: second.url });
  expect((await (await jetstreamManager(after)).streams.info('kept')).state.messages).toBe(1);
  await after.close();
  await nats.close();
});

test('all go down and come back with what they have, until their stores are lost', async () => {
  const streams = async () => {
    const nats = await connect({ servers: cluster.url.split(',') });
    const names = await (await jetstreamManager(nats)).streams.names().next();
    await nats.close();
    return names;
  };
  await cluster.down();
  expect(cluster.nodes.map((node) => node.pid())).toEqual([undefined, undefined, undefined]);
  await cluster.up();
  expect(await streams()).toEqual(['kept']);
  await cluster.down();
  await cluster.loseData();
  await cluster.up();
  expect(await streams()).toEqual([]);
});
