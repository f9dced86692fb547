import { applyChange } from './apply-change';
import { listen } from './listen';
import type { Strategy } from './strategy';

/**
 * One process, one message at a time. An unacked message holds back the next ones, so the order of the channel is kept,
 * and no two events are handled at once. It does not notice events that the channel has twice or in the wrong order.
 */
export const oneConsumer: Strategy = {
  name: 'one-consumer',
  title: 'One consumer only',
  price: 'does not scale; a lost ack stops everything for the ack wait; late and repeated events go in',
  members: 1,
  join: (member) => listen(member, (event) => applyChange(member.tickets, event), { maxInFlight: 1 }),
};
