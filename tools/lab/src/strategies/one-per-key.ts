import { applyChange } from './apply-change';
import { CHANNEL, listen } from './listen';
import type { Strategy } from './strategy';

/**
 * A channel for each ticket, and for each channel one consumer that takes one message at a time. Tickets do not wait
 * for each other, and the members share the tickets: each has those of its place.
 */
export const onePerKey: Strategy = {
  name: 'one-per-key',
  title: 'One consumer per aggregate',
  price: 'a channel and a subscription per aggregate; late and repeated events go in',
  channelOf: (event) => `${CHANNEL}.${event.id}`,
  join(member) {
    const mine = member.ticketIds.filter((_, index) => index % member.places === member.place);
    const leaves = mine.map((id) => {
      const options = { channel: `${CHANNEL}.${id}`, maxInFlight: 1 };
      return listen(member, (event) => applyChange(member.tickets, event), options);
    });
    return async () => {
      await Promise.all(leaves.map((leave) => leave()));
    };
  },
};
