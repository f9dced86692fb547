import { deadLetterStore } from '@ticketing/common';
import { waitFor } from '@ticketing/testing';
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
    const all = (await connection.listCollections()).map(({ name }) => name).sort();
    const names = all.filter((name) => !['leases', 'channel_positions'].includes(name));
    const documents = names.map(
      async (name) => [name, await connection.collection(name).find().sort({ _id: 1 }).toArray()] as const,
    );
    return { names, documents: await Promise.all(documents) };
  });
  return Promise.all(contents);
}

interface Channel {
  readonly name: string;
  readonly msgs: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly subscriptions?: readonly {
    readonly client_id: string;
    readonly queue_name?: string;
    readonly last_sent: number;
  }[];
}

/**
 * What the server keeps: messages, subscriptions with their positions, and clients. But for the subscriptions of a service
 * that are no queue group's: now and then it looks at the oldest message of a channel.
 */
async function server() {
  const ask = async (what: string) => (await fetch(`${system.monitorUrl}/streaming/${what}`)).json();
  const { channels } = (await ask('channelsz?subs=1')) as { channels: Channel[] };
  const { clients } = (await ask('clientsz')) as { clients: { id: string }[] };
  return {
    clients: clients.map(({ id }) => id).sort(),
    channels: channels.map(({ name, msgs, first_seq, last_seq, subscriptions = [] }) => {
      const kept = subscriptions
        .filter(({ client_id, queue_name }) => queue_name !== undefined || !/^(tickets|orders)-/.test(client_id))
        .map(({ client_id, queue_name = '-', last_sent }) => `${client_id} ${queue_name} ${last_sent}`);
      return { name, msgs, first_seq, last_seq, subscriptions: kept.sort() };
    }),
  };
}

test('an audit that finds something leaves databases and server as they were, document for document', async () => {
  await Promise.all([1, 2, 3].map((n) => system.traffic(`ticket ${n}`)));
  await system.quiet();
  const origin = { group: 'orders-service', channel: 'ticket:created', sequence: 9, storedAt: 1 };
  await deadLetterStore(system.databases.orders).put(origin, 'not-json', 'no JSON', 0, 'no JSON');
  const before = [await databases(), await server()] as const;
  expect(before[1].channels.map(({ msgs }) => msgs).sort((a, b) => a - b)).toEqual([0, 0, 0, 3, 3, 6, 12]);
  expect(before[1].channels.flatMap(({ subscriptions }) => subscriptions)).toHaveLength(6);
  expect(before[1].clients).toHaveLength(3);
  const { disagreements } = await waitFor(() => audit(system.auditOptions), { what: 'an audit that can read all' });
  expect(disagreements).toMatchObject([{ kind: 'dead-letter' }]);
  expect([await databases(), await server()]).toEqual(before);
});

test('it rejects when NATS Streaming is not connected, instead of finding nothing', async () => {
  await system.broker.close();
  await expect(audit(system.auditOptions)).rejects.toMatchObject({ name: 'NotConnectedError' });
});
