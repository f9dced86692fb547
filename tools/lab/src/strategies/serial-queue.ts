import { applyChange } from './apply-change';
import { listen } from './listen';
import type { Strategy } from './strategy';

/**
 * Each process has a queue per ticket and handles the events of a ticket one after the other. The other process has its
 * own queues, and knows nothing of these.
 */
export const serialQueue: Strategy = {
  name: 'serial-queue',
  title: 'Serial queue in the process',
  price: 'helps one process only: two of them still overwrite each other; late and repeated events go in',
  join(member) {
    const tails = new Map<string, Promise<void>>();
    return listen(member, (event) => {
      const before = tails.get(event.id) ?? Promise.resolve();
      const done = before.catch(() => undefined).then(() => applyChange(member.tickets, event));
      tails.set(event.id, done);
      return done;
    });
  },
};
