import { differenceOf } from './difference';
import { copyOf, publicReplica, type ReplicaDocument, type TicketDocument } from '../documents';
import type { Disagreement } from '../report';

/** Checks that each replica equals its ticket in version and state, as far as orders keeps it, and that none is missing or left over. */
export function checkReplicas(
  tickets: readonly TicketDocument[],
  replicas: readonly ReplicaDocument[],
): readonly Disagreement[] {
  const unmatched = new Map(replicas.map((replica) => [String(replica._id), replica]));
  const problemOf = (ticket: TicketDocument, replica: ReplicaDocument | undefined) => {
    if (!replica) return `orders has no replica of ticket ${String(ticket._id)}`;
    const difference = differenceOf(publicReplica(replica), copyOf(ticket));
    return difference && `the replica of ticket ${String(ticket._id)} has ${difference}`;
  };
  const found = tickets.flatMap((ticket): Disagreement[] => {
    const aggregateId = String(ticket._id);
    const message = problemOf(ticket, unmatched.get(aggregateId));
    unmatched.delete(aggregateId);
    return message === undefined ? [] : [{ kind: 'replica', aggregateId, message }];
  });
  const spare = [...unmatched.keys()].map((aggregateId): Disagreement => {
    const message = `orders has a replica of ticket ${aggregateId}, which tickets does not have`;
    return { kind: 'replica', aggregateId, message };
  });
  return [...found, ...spare];
}
