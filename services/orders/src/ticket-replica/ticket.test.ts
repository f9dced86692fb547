import type { EventOf, Expected } from '@ticketing/common';
import { dropAndClose, type RacingUpserts, racingConnection, newId, newMeta } from '@ticketing/testing';
import type { Connection } from 'mongoose';
import { ticketReplica, ticketReplicaModel, type TicketReplicaModel } from './ticket';

let connection: Connection;
let mongo: RacingUpserts;
let Ticket: TicketReplicaModel;
let replica: ReturnType<typeof ticketReplica>;
let id: string;

beforeAll(async () => {
  [connection, mongo] = await racingConnection();
  Ticket = ticketReplicaModel(connection);
  replica = ticketReplica(Ticket);
});
beforeEach(() => {
  id = newId();
});
afterAll(async () => {
  await dropAndClose(connection);
  await mongo.close();
});

const event = (version: number, more: { orderId?: string } = {}): EventOf<'ticket:updated'> => {
  return { id, version, title: `v${version}`, price: 10 + version, userId: 'alice', meta: newMeta(), ...more };
};
const stored = () => Ticket.findById(id).lean();

/** Has the replica at this version, or without the ticket. */
async function at(version: number | undefined) {
  if (version !== undefined) expect(await replica.apply(event(version), { below: version })).toBe(true);
  expect(await replica.versionOf(id)).toBe(version);
}

test.each<[number | undefined, string, Expected, number, boolean]>([
  [undefined, 'absent', { exactly: undefined }, 0, true],
  [0, 'absent', { exactly: undefined }, 0, false],
  [3, 'absent', { exactly: undefined }, 0, false],
  [0, 'exactly 0', { exactly: 0 }, 1, true],
  [1, 'exactly 0', { exactly: 0 }, 1, false],
  [undefined, 'exactly 0', { exactly: 0 }, 1, false],
  [0, 'exactly 1', { exactly: 1 }, 2, false],
  [undefined, 'below 5', { below: 5 }, 5, true],
  [0, 'below 5', { below: 5 }, 5, true],
  [4, 'below 5', { below: 5 }, 5, true],
  [5, 'below 5', { below: 5 }, 5, false],
  [6, 'below 5', { below: 5 }, 5, false],
])('at version %p, a write that expects %s', async (have, _name, expected, version, writes) => {
  await at(have);
  const before = await stored();
  expect(await replica.apply(event(version), expected)).toBe(writes);
  if (writes) expect(await stored()).toMatchObject({ version, title: `v${version}`, price: 10 + version });
  else expect(await stored()).toEqual(before);
});

test('the whole state is replaced: an orderId comes and goes', async () => {
  await at(0);
  const orderId = newId();
  await replica.apply(event(1, { orderId }), { exactly: 0 });
  expect(await stored()).toMatchObject({ version: 1, orderId });
  await replica.apply(event(2), { exactly: 1 });
  expect(await stored()).toEqual({ _id: expect.anything(), version: 2, title: 'v2', price: 12, userId: 'alice' });
});

test.each<[string, number | undefined, Expected, number]>([
  ['the first version', undefined, { exactly: undefined }, 0],
  ['the next version', 0, { exactly: 0 }, 1],
  ['a snapshot of a ticket that is not there', undefined, { below: 4 }, 4],
  ['a snapshot of one that is', 1, { below: 4 }, 4],
])('of 20 that write %s at the same time one writes', async (_name, have, expected, version) => {
  await at(have);
  const wrote = await Promise.all(Array.from({ length: 20 }, () => replica.apply(event(version), expected)));
  expect(wrote.filter(Boolean)).toHaveLength(1);
  expect(await replica.versionOf(id)).toBe(version);
});

test.each([undefined, 0])(
  'at version %p, snapshots of ten versions at once end at the highest, in any order',
  async (have) => {
    await at(have);
    const versions = [7, 3, 10, 1, 9, 2, 8, 5, 6, 4];
    await Promise.all(versions.map((version) => replica.apply(event(version), { below: version })));
    expect(await stored()).toMatchObject({ version: 10, title: 'v10' });
    expect(mongo.lost()).toBeGreaterThan(0);
  },
);

test('of two that find no ticket at the same time the loser still writes, for it is newer', async () => {
  const wrote = await Promise.all([1, 2].map((version) => replica.apply(event(version), { below: version })));
  expect(wrote).toEqual([true, true]);
  expect(await stored()).toMatchObject({ version: 2, title: 'v2' });
});
