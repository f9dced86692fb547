import { listen } from './listen';
import type { Strategy } from './strategy';

/**
 * Writes the event's whole state if its time is later than that of the present state, in one atomic write. It needs no
 * order and no memory, and is as right as the publishers' clocks.
 */
export const lastWriterWins: Strategy = {
  name: 'last-writer-wins',
  title: 'Last writer wins, by timestamp',
  price: 'as right as the clocks of all publishers; states are skipped, so nothing may be counted or reacted to',
  join: (member) =>
    listen(member, async (event) => {
      await member.tickets.write(event, event.price, { onlyIf: { occurredAt: { $lt: event.meta.occurredAt } } });
    }),
};
