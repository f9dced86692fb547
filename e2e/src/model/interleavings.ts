import type { Letter, Model } from './model';

/** The interesting orders of arrival. A run of the model must see each of them, or it proves little. */
export const INTERLEAVINGS = [
  'order B created before order A cancelled',
  'order A cancelled after order B created',
  'order cancelled before it was created',
  'order completed before it was created',
  'payment of a cancelled order',
  'payment of a complete order',
  'replica starts at a later version',
  'replica hears first of a later version',
] as const;

/** Which of them it is when this letter arrives now. @param delivered the letters that arrived before */
export function interleavings(
  model: Model,
  letter: Letter,
  delivered: readonly Letter[],
): (typeof INTERLEAVINGS)[number][] {
  const { about, index, version, snapshot } = letter;
  if (about === 'payment') {
    const { order, refused } = model.paymentAt(index);
    const { end, paidBy } = model.orderAt(order);
    return end && !refused && paidBy !== index
      ? [end === 'cancelled' ? 'payment of a cancelled order' : 'payment of a complete order']
      : [];
  }
  if (about === 'ticket') {
    const { replica } = model.ticket(index);
    if (replica === undefined && version > 0)
      return [snapshot ? 'replica starts at a later version' : 'replica hears first of a later version'];
    return [];
  }
  const { ticket, number, end } = model.orderAt(index);
  const isEarlier = (other: number) => {
    const order = model.orderAt(other);
    return order.ticket === ticket && order.number < number;
  };
  if (version === 0) {
    const late = model.pending.some(
      (other) => other.about === 'order' && other.version === 1 && isEarlier(other.index),
    );
    return late ? ['order B created before order A cancelled'] : [];
  }
  const had = (of: number) =>
    delivered.some((other) => other.about === 'order' && other.index === index && other.version === of);
  return [
    ...(number < model.ticket(ticket).reservation.number && !had(1)
      ? (['order A cancelled after order B created'] as const)
      : []),
    ...(had(0) ? [] : ([`order ${end === 'complete' ? 'completed' : 'cancelled'} before it was created`] as const)),
  ];
}
