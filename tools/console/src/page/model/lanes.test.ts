import { lanesOf } from './lanes';
import type { TicketRow } from './system';

const ticket = (facts: Partial<TicketRow>): TicketRow => ({
  ...{ id: 'a', title: 'A', price: 1, userId: 'alice', version: 0, replicaVersion: 0, parked: [], outbox: 0 },
  ...{ reservation: 0, held: false, sold: false, order: undefined },
  ...facts,
});

test('what is parked is drawn where it waits, and what is missing is left open', () => {
  const lanes = lanesOf(ticket({ version: 4, replicaVersion: 1, parked: [3, 4], outbox: 1 }));
  expect(lanes).toEqual({
    versions: [0, 1, 2, 3, 4],
    owner: ['there', 'there', 'there', 'there', 'there'],
    replica: ['there', 'there', 'missing', 'waiting', 'waiting'],
    words: 'The owner has version 4; the replica has version 1, version 3 and version 4 parked; 1 in the outbox.',
  });
});

test('a replica that has nothing yet, and one that is ahead of what the owner was seen to have', () => {
  expect(lanesOf(ticket({ replicaVersion: undefined })).replica).toEqual(['missing']);
  expect(lanesOf(ticket({ version: 1, replicaVersion: 2 })).owner).toEqual(['there', 'there', 'missing']);
});

test('only the newest versions are shown', () => {
  expect(lanesOf(ticket({ version: 20, replicaVersion: 20 })).versions).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
});
