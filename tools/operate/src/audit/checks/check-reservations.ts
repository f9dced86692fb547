import { differenceOf } from './difference';
import { isActive, type OrderDocument, type TicketDocument } from '../documents';
import { groupBy } from '../group-by';
import type { Disagreement } from '../report';

/**
 * Checks that the orders of each ticket are numbered 1..n, that at most the last one is active, and that the ticket is
 * held by exactly that one, or is free; and that it is sold exactly if that one is complete.
 */
export function checkReservations(
  tickets: readonly TicketDocument[],
  orders: readonly OrderDocument[],
): readonly Disagreement[] {
  const ordersOf = groupBy(orders, ({ ticket }) => String(ticket.id));
  const found = tickets.flatMap((ticket) => {
    const aggregateId = String(ticket._id);
    const ofTicket = (ordersOf.get(aggregateId) ?? []).toSorted((a, b) => a.reservation - b.reservation);
    ordersOf.delete(aggregateId);
    const messages = [...problemsOfOrders(ofTicket), ...problemsOfHolder(ticket, ofTicket.at(-1))];
    return messages.map((message) => ({ aggregateId, message: `ticket ${aggregateId}: ${message}` }));
  });
  const stray = [...ordersOf].map(([aggregateId, of]) => ({
    aggregateId,
    message: `${of.map(nameOf).join(' and ')} of ticket ${aggregateId}, which tickets does not have`,
  }));
  return [...found, ...stray].map((problem) => ({ kind: 'reservation', ...problem }));
}

function problemsOfOrders(orders: readonly OrderDocument[]): string[] {
  const numbers = orders.map(({ reservation }) => reservation);
  const unordered = numbers.some((number, index) => number !== index + 1);
  const active = orders.slice(0, -1).filter(isActive);
  return [
    ...(unordered ? [`its orders are numbered ${numbers.join(', ')}, not 1 to ${orders.length}`] : []),
    ...active.map((order) => `${nameOf(order)} is ${order.status}, but it is not the latest order`),
  ];
}

function problemsOfHolder({ reservation }: TicketDocument, latest: OrderDocument | undefined): string[] {
  const held = latest && isActive(latest);
  const wanted = {
    number: latest?.reservation ?? 0,
    state: held ? 'held' : 'released',
    orderId: held ? String(latest._id) : undefined,
    sold: latest?.status === 'complete',
  };
  const { number, state, orderId, sold } = reservation;
  const difference = differenceOf({ number, state, orderId: orderId ?? undefined, sold: sold ?? false }, wanted);
  return difference ? [`its reservation has ${difference}, by ${latest ? nameOf(latest) : 'no order'}`] : [];
}

function nameOf({ _id, reservation }: OrderDocument): string {
  return `order ${String(_id)} (number ${reservation})`;
}
