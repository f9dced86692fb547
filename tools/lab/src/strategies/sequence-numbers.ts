import { sleep, upsert } from '@ticketing/common';
import type { Connection } from 'mongoose';
import { listen } from './listen';
import type { Strategy } from './strategy';

const LOOK_EVERY_MS = 5;

/**
 * The publisher numbers all its events in one series. The group keeps the last number that it applied, and applies only
 * the next one. An early event waits in the process, unacked, and is let go before the server sends it again.
 */
export const sequenceNumbers: Strategy = {
  name: 'sequence-numbers',
  title: 'Sequence numbers of the publisher',
  price: 'one late event holds up every aggregate; all publishers must share one counter',
  join(member) {
    const { tickets, ackWaitMs } = member;
    const last = lastNumber(member.connection);
    return listen(member, async (event) => {
      const until = performance.now() + ackWaitMs;
      let have = await last.read();
      for (; have < event.number - 1; have = await last.readSoon()) {
        if (performance.now() > until) throw new Error(`event ${event.number} waits for ${have + 1}`);
      }
      if (have >= event.number) return; // applied before
      const ticket = await tickets.read(event.id);
      // If a process died between these two writes, it has done the first, and only the second is left.
      if (ticket.version < event.version) {
        const onlyIf = { version: ticket.version };
        await tickets.write(event, ticket.price + event.change, { basedOn: ticket, onlyIf });
      }
      await last.advanceTo(event.number);
    });
  },
};

/** The last number that the group has applied: 0 before the first. */
function lastNumber(connection: Connection) {
  const numbers = connection.collection<{ _id: string; last: number }>('numbers');
  const read = async () => (await numbers.findOne({ _id: 'tickets' }))?.last ?? 0;
  return {
    read,
    readSoon: shared(() => sleep(LOOK_EVERY_MS).then(read)),
    advanceTo: (number: number) =>
      upsert(() => numbers.updateOne({ _id: 'tickets' }, { $max: { last: number } }, { upsert: true })),
  };
}

/** A caller gets the answer that is already on its way, so many waiting events look no more often than one. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask().finally(() => (asked = undefined)));
}
