import { waitFor } from '@ticketing/common/testing';
import type { TestSystem } from './system.helper';

interface StoredTicket {
  readonly _id: unknown;
  readonly version: number;
  readonly title: string;
  readonly price: number;
  readonly userId: string;
  readonly reservation: { readonly number: number; readonly state: string; readonly orderId?: string };
  readonly outbox: readonly unknown[];
}

interface StoredReplica extends Pick<StoredTicket, '_id' | 'version' | 'title' | 'price' | 'userId'> {
  readonly orderId?: string | undefined;
}

interface StoredOrder {
  readonly _id: unknown;
  readonly status: string;
  readonly reservation: number;
  readonly ticket: { readonly id: unknown };
  readonly outbox: readonly unknown[];
}

/** What both services hold when they agree. */
export interface Agreed {
  readonly tickets: readonly StoredTicket[];
  readonly replicas: readonly StoredReplica[];
  readonly orders: readonly StoredOrder[];
}

/**
 * Resolves when the two databases agree: each replica is its ticket, each ticket's reservation is its latest order, and
 * no event waits in an outbox, is parked, or is a dead letter.
 * @throws Error that names what differs when they do not agree in time
 */
export function untilAgreed(system: TestSystem, timeoutMs = 20_000): Promise<Agreed> {
  const ask = async () => {
    const { differences, ...agreed } = await compare(system);
    if (differences.length > 0) {
      throw new Error(`${differences.length} differences:\n${differences.slice(0, 10).join('\n')}`);
    }
    return agreed;
  };
  return waitFor(ask, { timeoutMs, everyMs: 100, what: 'the services to agree' });
}

async function compare({ databases }: TestSystem) {
  const tickets = await databases.tickets.collection<StoredTicket>('tickets').find().toArray();
  const replicas = await databases.orders.collection<StoredReplica>('tickets').find().toArray();
  const orders = await databases.orders.collection<StoredOrder>('orders').find().toArray();
  const differences: string[] = [];
  const same = (what: string, one: unknown, other: unknown) => {
    const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
    if (left !== right) differences.push(`${what}: ${left} but ${right}`);
  };

  same('number of tickets and replicas', tickets.length, replicas.length);
  const replicaOf = new Map(replicas.map((replica) => [String(replica._id), replica]));
  const ordersOf = (id: string) =>
    orders.filter(({ ticket }) => String(ticket.id) === id).sort((a, b) => a.reservation - b.reservation);
  for (const ticket of tickets) {
    const id = String(ticket._id);
    const { orderId } = ticket.reservation;
    same(`ticket ${id} and its replica`, publicFields({ ...ticket, orderId }), publicFields(replicaOf.get(id)));
    const ofTicket = ordersOf(id);
    ofTicket.forEach(({ reservation, status }, index) => {
      same(`numbers of the orders of ${id}`, reservation, index + 1);
      if (index < ofTicket.length - 1)
        same(`order ${index + 1} of ${id}, which is not the latest`, status, 'cancelled');
    });
    const latest = ofTicket.at(-1);
    const held = latest?.status === 'created';
    same(`reservation of ${id} and its latest order`, reservationFields(ticket.reservation), {
      number: latest?.reservation ?? 0,
      state: held ? 'held' : 'released',
      ...(held && { orderId: String(latest._id) }),
    });
  }
  same('events in outboxes', [...tickets, ...orders].flatMap(({ outbox }) => outbox).length, 0);
  for (const [name, database] of Object.entries(databases)) {
    for (const collection of ['parked_events', 'dead_letters']) {
      same(`${collection} of ${name}`, await database.collection(collection).find().toArray(), []);
    }
  }
  return { tickets, replicas, orders, differences };
}

function publicFields(ticket: Partial<StoredReplica> | undefined) {
  const { version, title, price, userId, orderId } = ticket ?? {};
  return { version, title, price, userId, orderId };
}

function reservationFields({ number, state, orderId }: StoredTicket['reservation']) {
  return { number, state, orderId };
}
