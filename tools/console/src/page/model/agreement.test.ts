import { disagreements } from './agreement';
import type { Snapshot, TicketRow } from './system';

const row = { id: 'a', version: 2, replicaVersion: 2 } as TicketRow;
const agreed: Snapshot = {
  ...{ at: 1, tickets: [row], outbox: { tickets: 0, orders: 0 }, parked: [], letters: [], groups: [], away: [] },
};
const running = [{ name: 'orders', state: 'running' }] as const;

test('nothing on its way and equal versions: everything agrees', () => {
  expect(disagreements(agreed, running)).toEqual([]);
});

test.each<[string, Partial<Snapshot>]>([
  ['1 replica differs from the owner', { tickets: [{ ...row, replicaVersion: 1 }] }],
  ['2 events in outboxes', { outbox: { tickets: 2 } }],
  [
    '3 events not handled',
    { groups: [{ channel: 'ticket:created', group: 'g', inFlight: 1, notSent: 2, state: 'ready' }] },
  ],
  [
    '1 event parked',
    { parked: [{ keeper: 'orders', aggregateId: 'a', subject: 's', version: 2, since: 1, waitsFor: 'version 1' }] },
  ],
  ['cannot be read: MongoDB', { away: ['MongoDB'] }],
])('%s', (words, change) => {
  expect(disagreements({ ...agreed, ...change }, running)).toEqual([words]);
});

test('a part that does not run', () => {
  expect(disagreements(agreed, [{ name: 'orders', state: 'paused' }])).toEqual(['orders is paused']);
});
