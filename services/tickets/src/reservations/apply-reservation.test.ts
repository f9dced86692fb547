import { saveAggregate } from '@ticketing/common';
import { dropAndClose, inParallel, sequencesWithDuplicate, testConnection, testDatabaseUri } from '@ticketing/testing';
import type { Connection } from 'mongoose';
import { ticketModel, type TicketModel } from '../tickets/ticket';
import { applyReservation } from './apply-reservation';
import { type OrderEvent, orderIds, reservationOf } from './deliveries.test.helper';
import { neverReserved, nextReservation } from './reservation';

/** Two processes of the service: each has its own connection and model. */
let connections: [Connection, Connection];
let members: [TicketModel, TicketModel];

beforeAll(async () => {
  const uri = testDatabaseUri();
  connections = [await testConnection(uri), await testConnection(uri)];
  members = [ticketModel(connections[0]), ticketModel(connections[1])];
});
afterAll(async () => {
  await connections[1].close();
  await dropAndClose(connections[0]);
});

async function newTicket(): Promise<string> {
  const ticket = new members[0]({ title: 'Concert', price: 20, userId: 'alice' });
  ticket.record('ticket:created');
  await saveAggregate(ticket);
  return ticket.id as string;
}

const deliver = (ticketId: string, event: OrderEvent, member = members[0]) =>
  applyReservation(member, ticketId, reservationOf(event));

/** The state of the ticket, and whether each of its versions has exactly one event. */
async function endOf(ticketId: string) {
  const { version, outbox, reservation } = (await members[0].findById(ticketId).lean()) ?? {};
  const versions = outbox?.map(({ event }) => event.version);
  expect(versions).toEqual(Array.from({ length: (version ?? 0) + 1 }, (_, n) => n));
  const { orderId, sold } = (outbox?.at(-1)?.event ?? {}) as { orderId?: string; sold?: boolean };
  return { reservation, orderId, sold };
}

const all: OrderEvent[] = ['A created', 'A cancelled', 'B created', 'B cancelled'];
const paid: OrderEvent[] = ['A created', 'A cancelled', 'B created', 'B completed'];
const by = (orderId: string) => ({ number: 2, state: 'held', orderId });
const released = { reservation: { number: 2, state: 'released' }, orderId: undefined, sold: undefined };
const heldByB = { reservation: by(orderIds.B), orderId: orderIds.B, sold: undefined };
const soldToB = { reservation: { ...by(orderIds.B), sold: true }, orderId: orderIds.B, sold: true };

test.each<[number, string, readonly OrderEvent[], object]>([
  [240, 'both orders end cancelled: the ticket is free', all, released],
  [36, 'B is not cancelled: it holds the ticket', all.slice(0, 3), heldByB],
  [240, 'B is paid: it has bought the ticket', paid, soldToB],
])(
  'all %i interleavings with one duplicate, and all of it again after a crash that lost the acks; %s',
  async (count, _name, events, end) => {
    const sequences = sequencesWithDuplicate(events);
    expect(sequences).toHaveLength(count);
    await inParallel(sequences, async (sequence) => {
      const ticketId = await newTicket();
      // The second copy may come to the other member.
      for (const [index, event] of sequence.entries()) await deliver(ticketId, event, members[index % 2]);
      expect([sequence, await endOf(ticketId)]).toEqual([sequence, end]);
      for (const event of events) expect([sequence, await deliver(ticketId, event)]).toEqual([sequence, 'seen']);
    });
  },
);

// The effect of a delivery depends only on the reservation. So these steps, with the pure enumeration in
// reservation.test.ts, cover every sequence with a duplicate and a crash.
test('each event at each state that a ticket can be in: the database ends as the pure rule says', async () => {
  const any: OrderEvent[] = [...all, 'A completed', 'B completed'];
  const states: OrderEvent[][] = [[], ...any.map((event) => [event])];
  const steps = states.flatMap((state) => any.map((event) => [...state, event]));
  await inParallel(steps, async (step) => {
    const ticketId = await newTicket();
    let expected = neverReserved;
    for (const event of step) {
      const next = nextReservation(expected, reservationOf(event));
      expect([step, await deliver(ticketId, event)]).toEqual([step, next ? 'applied' : 'seen']);
      expected = next ?? expected;
    }
    expect([step, (await endOf(ticketId)).reservation]).toEqual([step, expected]);
  });
});

test('all events of both orders at the same time, twice each, by two members: 50 rounds end right', async () => {
  await inParallel(Array.from({ length: 50 }), async () => {
    const ticketId = await newTicket();
    await Promise.all(members.flatMap((member) => all.map((event) => deliver(ticketId, event, member))));
    expect(await endOf(ticketId)).toEqual(released);
  });
});

test("A's cancel, repeated after B ordered, changes nothing", async () => {
  const ticketId = await newTicket();
  for (const event of ['A created', 'A cancelled', 'B created'] as const) {
    expect(await deliver(ticketId, event)).toBe('applied');
  }
  expect(await deliver(ticketId, 'A cancelled')).toBe('seen');
  expect(await deliver(ticketId, 'A created')).toBe('seen');
  expect(await endOf(ticketId)).toEqual(heldByB);
});

test('an order of a ticket that does not exist is refused, so that it becomes a dead letter', async () => {
  await expect(deliver('f'.repeat(24), 'A created')).rejects.toThrow(/ticket f+, which does not exist/);
});
