import { listen } from './listen';
import type { Strategy } from './strategy';

/**
 * Looks the ticket up at the version before the event's, and throws when it is not there: then nothing is acked, and the
 * server delivers the event again after the ack wait, until its turn has come. What was applied before is acked; the
 * usual form of this throws then, too, and gets every repeated event again and again for ever.
 */
export const lookUpPrevious: Strategy = {
  name: 'look-up-previous',
  title: 'Look up version - 1, throw otherwise',
  price: 'an early event costs an ack wait or more, and holds an in-flight slot: enough of them stall it for ever',
  join: ({ tickets, ...member }) =>
    listen(member, async (event) => {
      const ticket = await tickets.read(event.id);
      if (ticket.version >= event.version) return;
      const onlyIf = { version: event.version - 1 };
      const wrote =
        ticket.version === event.version - 1 &&
        (await tickets.write(event, ticket.price + event.change, { basedOn: ticket, onlyIf }));
      if (!wrote) throw new Error(`version ${event.version - 1} of ticket ${event.id} is not there`);
    }),
};
