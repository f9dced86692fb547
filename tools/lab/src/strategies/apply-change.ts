import type { PriceEvent } from '../story/story';
import type { Tickets } from '../story/tickets';

/**
 * Reads the price, adds the change, writes the sum: the usual handler. It is right as long as each event comes once, in
 * order, and no other process writes between the read and the write.
 */
export async function applyChange(tickets: Tickets, event: PriceEvent): Promise<void> {
  const ticket = await tickets.read(event.id);
  await tickets.write(event, ticket.price + event.change, { basedOn: ticket });
}
