import { rebuildReplica, type RebuildOptions, type Rebuilt } from '@ticketing/common';
import { ticketReplica, ticketReplicaModel, TICKET_REPLICA } from './ticket';

/** What tells of tickets. */
export const TICKET_SUBJECTS = ['ticket:created', 'ticket:updated'] as const;

/** Builds orders' ticket replica anew from the events of tickets, while orders runs. @throws as `rebuildReplica` does */
export function rebuildTicketReplica(
  options: Omit<RebuildOptions, 'collection' | 'subjects' | 'replicaIn'>,
): Promise<Rebuilt> {
  return rebuildReplica({
    ...options,
    collection: TICKET_REPLICA,
    subjects: TICKET_SUBJECTS,
    replicaIn: (collection) => ticketReplica(ticketReplicaModel(options.connection, collection)),
  });
}
