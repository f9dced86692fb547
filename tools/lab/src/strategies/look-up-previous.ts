import { listen } from './listen';
import type { Strategy } from './strategy';

/**
 * Looks up the ticket at the version before the event's, and throws when it is not there. Then nothing is acked, and
 * the server delivers the event again after the ack wait, until its turn has come. An event that was applied before is
 * acked; the usual form throws then as well, so every repeated event comes again without end.
 */
export const lookUpPrevious: Strategy = {
  name: 'look-up-previous',
  title: 'Look up version - 1, throw otherwise',
  price: 'an early event costs an ack wait or more, and holds an in-flight slot: enough of them stall it for good',
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
