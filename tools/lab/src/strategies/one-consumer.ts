import { applyChange } from './apply-change';
import { listen } from './listen';
import type { Strategy } from './strategy';

/**
 * One process, one message at a time: a message that is not acked keeps the next ones back, so the order of the channel
 * is kept, and nothing happens at once. What the channel has twice, or in the wrong order, it does not know.
 */
export const oneConsumer: Strategy = {
  name: 'one-consumer',
  title: 'One consumer only',
  price: 'does not scale; a lost ack stops everything for the ack wait; late and repeated events go in',
  members: 1,
  join: (member) => listen(member, (event) => applyChange(member.tickets, event), { maxInFlight: 1 }),
};
