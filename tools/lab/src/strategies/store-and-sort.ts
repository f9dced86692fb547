import { isDuplicateKey } from '@ticketing/common';
import type { Connection } from 'mongoose';
import { keyOf, type PriceEvent } from '../story/story';
import { listen } from './listen';
import type { Member, Strategy } from './strategy';

/**
 * Stores every event once, and computes the ticket from all its events, sorted by version, up to the first hole. Two
 * processes may do so at once: a result is written only over an older one.
 */
export const storeAndSort: Strategy = {
  name: 'store-and-sort',
  title: 'Store all events, sort, replay',
  price: 'deletes no event and reads them all for each new one',
  async join(member) {
    await eventsOf(member.connection).createIndex({ id: 1, version: 1 });
    return listen(member, async (event) => {
      await store(member, event);
      await replay(member, event.id);
    });
  },
  async held({ connection, tickets }) {
    const kept = await eventsOf(connection).find().toArray();
    const copies = await tickets.all();
    return kept.filter(({ id, version }) => copies.some((copy) => copy._id === id && copy.version < version));
  },
};

type StoredEvent = PriceEvent & { readonly _id: string };

const eventsOf = (connection: Connection) => connection.collection<StoredEvent>('events');

async function store({ connection }: Member, event: PriceEvent): Promise<void> {
  try {
    await eventsOf(connection).insertOne({ _id: keyOf(event), ...event });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error; // it is there already
  }
}

async function replay({ connection, tickets }: Member, id: string): Promise<void> {
  const stored = await eventsOf(connection).find({ id }).sort({ version: 1 }).toArray();
  const hole = stored.findIndex(({ version }, index) => version !== index);
  const whole = hole === -1 ? stored : stored.slice(0, hole);
  const newest = whole.at(-1);
  if (!newest) return;
  const price = whole.reduce((sum, { change }) => sum + change, 0);
  await tickets.write(newest, price, { onlyIf: { version: { $lt: newest.version } } });
}
