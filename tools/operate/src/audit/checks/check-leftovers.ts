import { contracts, type DeadLetter, decodeEvent, type Subject } from '@ticketing/common';
import type { Documents, Held, OrderDocument, ParkedEvent, RefusalDocument, TicketDocument } from '../documents';
import type { Disagreement } from '../report';

/** Checks that no event waits in the outbox of its aggregate. */
export function checkOutboxes({
  tickets,
  orders,
  refusals,
}: Pick<Documents, 'tickets' | 'orders' | 'refusals'>): readonly Disagreement[] {
  const pendingIn = (what: string, documents: readonly (TicketDocument | OrderDocument | RefusalDocument)[]) =>
    documents.flatMap(({ _id, outbox = [] }) =>
      outbox.map(({ subject, id, event }): Disagreement => {
        const aggregateId = String(_id);
        const message = `${what} ${aggregateId}: ${subject} ${id} of version ${event.version} is in its outbox`;
        return { kind: 'outbox', aggregateId, message };
      }),
    );
  return [...pendingIn('ticket', tickets), ...pendingIn('order', orders), ...pendingIn('refusal', refusals)];
}

/** Checks that no event waits for its predecessor. */
export function checkParked(parked: readonly Held<ParkedEvent>[]): readonly Disagreement[] {
  return parked.map(({ service, document: { subject, aggregateId, version } }) => ({
    kind: 'parked',
    aggregateId,
    message: `${service} has parked ${subject} of version ${version} of ${aggregateId}`,
  }));
}

/** Checks that there is no dead letter. */
export function checkDeadLetters(letters: readonly Held<DeadLetter>[]): readonly Disagreement[] {
  return letters.map(({ service, document }) => ({
    kind: 'dead-letter',
    ...aggregateOf(document),
    message: `${service} has the ${document.state} letter ${document._id} (${document.reason}): ${document.message}`,
  }));
}

/** Of a letter that is an event. */
function aggregateOf(letter: DeadLetter): { aggregateId?: string } {
  if (!(letter.channel in contracts)) return {};
  const decoded = decodeEvent(letter.channel as Subject, letter);
  return decoded.ok ? { aggregateId: decoded.event.id } : {};
}
