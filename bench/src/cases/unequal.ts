import type { Connection } from 'mongoose';
import type { World } from '../world/world';

interface Ticket {
  readonly version: number;
  readonly title: string;
  readonly price: number;
}

const show = (ticket: Ticket | undefined) =>
  ticket ? `version ${ticket.version} (${ticket.title}, ${ticket.price})` : 'nothing';

/** Each difference between tickets and its replica, in words. */
export async function unequal(world: World): Promise<string[]> {
  const [tickets, orders] = await Promise.all([world.database('tickets'), world.database('orders')]);
  const [originals, replicas] = await Promise.all([read(tickets), read(orders)]);
  return [...new Set([...originals.keys(), ...replicas.keys()])].flatMap((id) => {
    const [original, replica] = [show(originals.get(id)), show(replicas.get(id))];
    return original === replica ? [] : [`ticket ${id} is ${original} in tickets, ${replica} in orders`];
  });
}

/** The first three of them, to be printed. */
export function inShort(wrong: readonly string[]): string[] {
  return wrong.length > 3 ? [...wrong.slice(0, 3), `and ${wrong.length - 3} more`] : [...wrong];
}

async function read(connection: Connection): Promise<Map<string, Ticket>> {
  const documents = await connection.collection<Ticket>('tickets').find().toArray();
  return new Map(documents.map(({ _id, version, title, price }) => [String(_id), { version, title, price }]));
}
