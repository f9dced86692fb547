import { deadLetterStore } from '@ticketing/common';
import { parkedIn } from '@ticketing/operate';
import { factsOf, type ServiceName, serviceNames } from '@ticketing/services';
import type { Connection, mongo } from 'mongoose';
import type { LetterRow, OrderRow, ParkedRow, Snapshot, TicketRow } from '../page/model/system';

/** The page shows this many of the newest tickets. */
const SHOWN_TICKETS = 12;
/** Of what is read to be counted, and of what is listed. */
const MOST_COUNTED = 1_000;
const SHOWN_LETTERS = 50;

export type Databases = Readonly<Record<ServiceName, Connection>>;

interface Pending {
  readonly _id: mongo.ObjectId;
  readonly outbox?: readonly unknown[];
}

interface Ticket extends Pending {
  readonly title: string;
  readonly price: number;
  readonly userId: string;
  readonly version: number;
  readonly reservation?: { readonly number: number; readonly state: string; readonly sold?: boolean };
}

interface Copy {
  readonly _id: mongo.ObjectId;
  readonly version: number;
}

interface Order {
  readonly _id: mongo.ObjectId;
  readonly userId: string;
  readonly status: string;
  readonly version: number;
  readonly reservation: number;
  readonly expiresAt: Date;
  readonly ticket: { readonly id: mongo.ObjectId; readonly price: number };
}

/** What the databases hold, by short plain reads. @throws the database's error */
export async function lookAtDatabases(
  databases: Databases,
): Promise<Pick<Snapshot, 'tickets' | 'outbox' | 'parked' | 'letters'>> {
  const inEach = <T>(read: (name: ServiceName, connection: Connection) => Promise<T>) =>
    Promise.all(serviceNames.map((name) => read(name, databases[name])));
  const [outbox, parked, letters, tickets] = await Promise.all([
    inEach(async (name, connection) => [name, await pendingIn(name, connection)] as const),
    inEach(parkedRows),
    inEach(letterRows),
    newestTickets(databases.tickets),
  ]);
  const ids = tickets.map(({ _id }) => _id);
  const [copies, orders] = await Promise.all([copiesOf(ids, databases.orders), ordersOf(ids, databases.orders)]);
  const waiting = parked.flat();
  return {
    tickets: tickets.map((ticket) => ticketRow(ticket, copies, orders, waiting)),
    outbox: Object.fromEntries(outbox),
    parked: waiting,
    letters: letters.flat(),
  };
}

/** How many events wait in the outboxes of a service, up to a bound. */
async function pendingIn(name: ServiceName, connection: Connection): Promise<number> {
  const pending = { 'outbox.at': { $gt: new Date(0) } };
  const inEach = Object.keys(factsOf(name).owns).map(async (collection) => {
    const found = connection.collection<Pending>(collection).find(pending, { projection: { 'outbox.id': 1 } });
    const documents = await found.limit(MOST_COUNTED).toArray();
    return documents.reduce((sum, { outbox = [] }) => sum + outbox.length, 0);
  });
  return (await Promise.all(inEach)).reduce((sum, count) => sum + count, 0);
}

async function parkedRows(keeper: ServiceName, connection: Connection): Promise<ParkedRow[]> {
  const parked = await parkedIn(keeper, connection);
  return parked.slice(0, MOST_COUNTED).map(({ aggregateId, subject, version, since, waitsFor }) => ({
    ...{ keeper, aggregateId, subject, version, since: since.getTime(), waitsFor },
  }));
}

async function letterRows(service: ServiceName, connection: Connection): Promise<LetterRow[]> {
  const letters = await deadLetterStore(connection).list({}, SHOWN_LETTERS);
  return letters.map(({ _id: id, channel, reason, message, attempts, state, payload }) => ({
    ...{ id, service, channel, reason, message, attempts, state, payload },
  }));
}

function newestTickets(connection: Connection): Promise<Ticket[]> {
  const projection = { title: 1, price: 1, userId: 1, version: 1, reservation: 1, 'outbox.id': 1 };
  const all = connection.collection<Ticket>('tickets').find({}, { projection });
  return all.sort({ _id: -1 }).limit(SHOWN_TICKETS).toArray();
}

/** The versions of the replica, by ticket. A placeholder has none. */
async function copiesOf(ids: readonly mongo.ObjectId[], connection: Connection): Promise<ReadonlyMap<string, number>> {
  const found = connection.collection<Copy>('tickets').find({ _id: { $in: [...ids] } }, { projection: { version: 1 } });
  const copies = await found.toArray();
  return new Map(copies.filter(({ version }) => version >= 0).map(({ _id, version }) => [String(_id), version]));
}

/** The order with the highest number of each ticket. */
async function ordersOf(ids: readonly mongo.ObjectId[], connection: Connection): Promise<ReadonlyMap<string, Order>> {
  const orders = connection.collection<Order>('orders');
  const found = orders.find({ 'ticket.id': { $in: [...ids] } }, { projection: { outbox: 0 } });
  const latest = new Map<string, Order>();
  for (const order of await found.sort({ _id: -1 }).limit(MOST_COUNTED).toArray()) {
    const id = String(order.ticket.id);
    if ((latest.get(id)?.reservation ?? 0) < order.reservation) latest.set(id, order);
  }
  return latest;
}

function ticketRow(
  { _id, title, price, userId, version, reservation, outbox = [] }: Ticket,
  copies: ReadonlyMap<string, number>,
  orders: ReadonlyMap<string, Order>,
  waiting: readonly ParkedRow[],
): TicketRow {
  const id = String(_id);
  const order = orders.get(id);
  return {
    ...{ id, title, price, userId, version, replicaVersion: copies.get(id), outbox: outbox.length },
    parked: waiting.filter(({ aggregateId }) => aggregateId === id).map((event) => event.version),
    reservation: reservation?.number ?? 0,
    ...{ held: reservation?.state === 'held', sold: reservation?.sold ?? false },
    order: order && orderRow(order),
  };
}

function orderRow({ _id, userId, status, version, reservation, ticket, expiresAt }: Order): OrderRow {
  const { price } = ticket;
  return { id: String(_id), userId, status, version, reservation, price, expiresAt: expiresAt.getTime() };
}
