import { z } from 'zod';
import { endsOf } from './check-payments';
import { differenceOf } from './difference';
import { isActive, type OrderDocument, publicTicket, type RefusalDocument, type TicketDocument } from '../documents';
import type { AggregateState, Disagreement, StreamedEvent } from '../report';

const id = z.string().regex(/^[0-9a-f]{24}$/, 'expected 24 hexadecimal digits');
const version = z.int().min(0);

const promised = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('ticket'),
    ...{ id, version },
    ...{ title: z.string(), price: z.number(), userId: z.string() },
  }),
  z.object({
    what: z.literal('order'),
    ...{ id, version },
    ...{ ticketId: id, userId: z.string(), reservation: z.int(), price: z.number() },
  }),
  z.object({ what: z.literal('cancelled'), id }),
  z.object({ what: z.literal('payment'), id, orderId: id, amount: z.number() }),
]);

/** An answer to a client, or a payment that was taken from one. The client keeps them as the list of what the system has promised. */
export type Promised = z.infer<typeof promised>;

/** Reads one promise from each line of JSON. @throws Error that names a line that is none */
export function parsePromises(lines: string): Promised[] {
  return lines.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [promised.parse(JSON.parse(line))];
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      throw new Error(`line ${index + 1} is no promise: ${reason}`, { cause: error });
    }
  });
}

type PromisedTicket = Extract<Promised, { what: 'ticket' }>;
type PromisedOrder = Extract<Promised, { what: 'order' }>;

/** Where the promises should have been kept. */
export interface Kept {
  readonly tickets: readonly TicketDocument[];
  readonly orders: readonly OrderDocument[];
  readonly refusals: readonly RefusalDocument[];
  readonly historyOf: (aggregateId: string) => readonly StreamedEvent[];
}

/** Checks that the owner has what a client was told: at that version or a later one, and with that state. */
export function checkPromises(promises: readonly Promised[], kept: Kept): readonly Disagreement[] {
  const tickets = new Map(kept.tickets.map((ticket) => [String(ticket._id), ticket]));
  const orders = new Map(kept.orders.map((order) => [String(order._id), order]));
  const { completed, refused } = endsOf(kept);
  const problemOf = (promised: Promised): string | undefined => {
    if (promised.what === 'ticket')
      return problemOfTicket(promised, tickets.get(promised.id), kept.historyOf(promised.id));
    if (promised.what === 'payment') {
      const ended = completed.has(promised.id) || refused.has(promised.id);
      return ended ? undefined : `it has neither completed order ${promised.orderId} nor been refused`;
    }
    const order = orders.get(promised.id);
    if (promised.what === 'order') return problemOfOrder(promised, order);
    if (!order) return 'it does not exist';
    return isActive(order) ? `it is ${order.status}` : undefined;
  };
  return promises.flatMap((promised): Disagreement[] => {
    const problem = problemOf(promised);
    if (problem === undefined) return [];
    const message = `a client was promised ${nameOf(promised)}, but ${problem}`;
    return [{ kind: 'promise', aggregateId: promised.id, message }];
  });
}

/** The database no longer has the state of an older version. If the stream has it, it must be the same. */
function problemOfTicket(
  promised: PromisedTicket,
  ticket: TicketDocument | undefined,
  history: readonly StreamedEvent[],
): string | undefined {
  if (!ticket) return 'it does not exist';
  if (ticket.version < promised.version) return `it is at version ${ticket.version}`;
  const told: AggregateState | undefined =
    ticket.version === promised.version
      ? publicTicket(ticket)
      : history.find(({ version }) => version === promised.version)?.state;
  if (!told || !('title' in told)) return undefined;
  const { title, price, userId } = promised;
  const difference = differenceOf(
    { title: told.title, price: told.price, userId: told.userId },
    { title, price, userId },
  );
  return difference && `it has ${difference}`;
}

function problemOfOrder(promised: PromisedOrder, order: OrderDocument | undefined): string | undefined {
  if (!order) return 'it does not exist';
  if (order.version < promised.version) return `it is at version ${order.version}`;
  const { ticketId, userId, reservation, price } = promised;
  const has = { ticketId: String(order.ticket.id), userId: order.userId, reservation: order.reservation };
  const difference = differenceOf({ ...has, price: order.ticket.price }, { ticketId, userId, reservation, price });
  return difference && `it has ${difference}`;
}

function nameOf(promised: Promised): string {
  if (promised.what === 'payment') return `that payment ${promised.id} has an end`;
  if (promised.what === 'cancelled') return `that order ${promised.id} is cancelled`;
  return `version ${promised.version} of ${promised.what} ${promised.id}`;
}
