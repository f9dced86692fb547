import { isDuplicateKey } from '@ticketing/common';
import { keyOf, type PriceEvent } from '../story';
import { listen } from './listen';
import type { Member, Strategy } from './strategy';

/**
 * Keeps every event, each once, and computes the ticket anew from all that it has, sorted by version, up to the first hole.
 * Two processes may do so at once: a result is written only over an older one.
 */
export const storeAndSort: Strategy = {
  name: 'store-and-sort',
  title: 'Store all events, sort, replay',
  price: 'keeps every event for ever and reads them all for each new one',
  async join(member) {
    await events(member).createIndex({ id: 1, version: 1 });
    return listen(member, async (event) => {
      await store(member, event);
      await replay(member, event.id);
    });
  },
  async held(member) {
    const kept = await events(member).find().toArray();
    const copies = await member.tickets.all();
    return kept.filter(({ id, version }) => copies.some((copy) => copy._id === id && copy.version < version));
  },
};

type StoredEvent = PriceEvent & { readonly _id: string };

const events = (member: Member) => member.connection.collection<StoredEvent>('events');

async function store(member: Member, event: PriceEvent): Promise<void> {
  try {
    await events(member).insertOne({ _id: keyOf(event), ...event });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error; // it is there already
  }
}

async function replay(member: Member, id: string): Promise<void> {
  const stored = await events(member).find({ id }).sort({ version: 1 }).toArray();
  const hole = stored.findIndex(({ version }, index) => version !== index);
  const whole = hole === -1 ? stored : stored.slice(0, hole);
  const { version: have } = await member.tickets.read(id);
  let price = 0;
  for (const event of whole) {
    price += event.change;
    // One write for each new version, so that each was the ticket's state once.
    if (event.version > have) await member.tickets.write(event, price, { onlyIf: { version: event.version - 1 } });
  }
}
