import { deadLetterStore } from '@ticketing/common';
import { OperatedSystem } from '../operated-system.test.helper';
import { audit } from './audit';

let system: OperatedSystem;
beforeAll(async () => {
  system = await OperatedSystem.open();
});
afterAll(() => system.close());

/** Every document of every collection, but for what the services write at any time: leases and positions. */
async function databases() {
  const contents = Object.values(system.databases).map(async (connection) => {
    const names = (await connection.listCollections()).map(({ name }) => name).sort();
    const documents = names
      .filter((name) => !['leases', 'channel_positions'].includes(name))
      .map(async (name) => [name, await connection.collection(name).find().sort({ _id: 1 }).toArray()] as const);
    return { names, documents: await Promise.all(documents) };
  });
  return Promise.all(contents);
}

/** All that the server keeps: messages, subscriptions with their positions, and clients. */
async function server() {
  const ask = async (what: string) =>
    (await (await fetch(`${system.monitorUrl}/streaming/${what}`)).json()) as Record<string, unknown>;
  const { channels } = await ask('channelsz?subs=1');
  const { clients } = await ask('clientsz?subs=1');
  const { total_msgs, in_msgs, subscriptions } = await ask('serverz');
  return { channels, clients, total_msgs, in_msgs, subscriptions };
}

test('an audit that finds something leaves databases and server as they were, document for document', async () => {
  await Promise.all([1, 2, 3].map((n) => system.traffic(`ticket ${n}`)));
  await system.settled();
  const origin = { group: 'orders-service', channel: 'ticket:created', sequence: 9, storedAt: 1 };
  await deadLetterStore(system.databases.orders).put(origin, 'not-json', 'no JSON', 0, 'no JSON');
  const before = [await databases(), await server()];
  expect(before[1]).toMatchObject({ total_msgs: 24 });
  const { disagreements } = await audit(system.auditOptions);
  expect(disagreements).toMatchObject([{ kind: 'dead-letter' }]);
  expect([await databases(), await server()]).toEqual(before);
});

test('it rejects when NATS Streaming is not connected, instead of finding nothing', async () => {
  await system.bus.close();
  await expect(audit(system.auditOptions)).rejects.toMatchObject({ name: 'NotConnectedError' });
});
