import type { Broker, DeadLetter } from '@ticketing/common';
import type { ServiceName } from '@ticketing/services';
import type { Connection } from 'mongoose';
import { checkReplicas } from '../audit/checks/check-replicas';
import { checkReservations } from '../audit/checks/check-reservations';
import { type Owned, ownedBy } from '../audit/checks/check-stream';
import type { Documents, Held } from '../audit/documents';
import { readDocuments } from '../audit/read-documents';
import { readStream } from '../audit/read-stream';
import type { StreamedEvent } from '../audit/report';
import { foreignEvents } from './foreign';
import { readForgotten } from './forgotten';

/** What is to be forgotten of one aggregate. */
export interface Plan {
  readonly aggregateId: string;
  /** Undefined when nobody owns it. */
  readonly owner: Owned | undefined;
  /** What its owner did not publish. */
  readonly foreign: readonly StreamedEvent[];
  /** Whether a replica has more than its owner published. */
  readonly inReplica: boolean;
  /** The dead letters that foreign events have become. */
  readonly letters: readonly Held<DeadLetter>[];
  /** In words, what the foreign events have changed and what stays so. */
  readonly stays: readonly string[];
}

export interface PlanOptions {
  readonly databases: Readonly<Record<ServiceName, Connection>>;
  readonly broker: Broker;
  /** Gets the number of messages read so far. */
  readonly onRead?: (messages: number) => void;
}

/** What could be forgotten. */
export interface Plans {
  readonly plans: readonly Plan[];
  /** How many tickets have an owner: with none these may be the wrong databases. */
  readonly tickets: number;
}

/** Finds every aggregate of which the stream or a replica has something that its owner did not publish. It only reads. */
export async function planForgetting({ databases, broker, onRead }: PlanOptions): Promise<Plans> {
  const { tickets, orders } = databases;
  const stream = await readStream(broker, onRead, await readForgotten(Object.values(databases)));
  const { replicas, parked, deadLetters } = await readDocuments(tickets, orders);
  // Last: an owner saves before it publishes, so it has all that the stream and the replicas have from it.
  const documents = { ...(await readDocuments(tickets, orders)), replicas, parked, deadLetters };
  const owners = new Map(ownedBy(documents).map((owner) => [owner.id, owner]));
  const unread = new Set(documents.malformed.map(({ aggregateId }) => aggregateId));
  const copied = [...replicas.map(({ _id }) => String(_id)), ...parked.map(parkedId)];
  const plans = [...new Set([...stream.events.keys(), ...copied])]
    .filter((id) => !unread.has(id))
    .map((id) => planFor(id, owners.get(id), stream.events.get(id) ?? [], documents));
  return {
    plans: plans.filter(({ owner, foreign }) => foreign.length > 0 || !owner),
    tickets: documents.tickets.length,
  };
}

const parkedId = ({ document }: Documents['parked'][number]) => document.aggregateId;

function planFor(
  aggregateId: string,
  owner: Owned | undefined,
  events: readonly StreamedEvent[],
  documents: Documents,
): Plan {
  const foreign = foreignEvents(events, owner);
  const isHere = ({ _id }: { readonly _id: unknown }) => String(_id) === aggregateId;
  const replicas = documents.replicas.filter(isHere);
  const parked = documents.parked.some((one) => parkedId(one) === aggregateId);
  const differs = checkReplicas(documents.tickets.filter(isHere), replicas).length > 0;
  return {
    ...{ aggregateId, owner, foreign },
    inReplica: differs || parked,
    letters: documents.deadLetters.filter(({ document }) =>
      foreign.some(
        ({ subject, sequence, storedAt }) =>
          document.channel === subject && document.sequence === sequence && document.storedAt === storedAt,
      ),
    ),
    stays: reservationsOf(foreign, documents),
  };
}

/** A reservation is a ticket's own state: only its service may change it. */
function reservationsOf(foreign: readonly StreamedEvent[], { tickets, orders }: Documents): readonly string[] {
  const ids = new Set(foreign.flatMap(({ state }) => ('ticket' in state ? [state.ticket.id] : [])));
  if (ids.size === 0) return [];
  const held = tickets.filter(({ _id }) => ids.has(String(_id)));
  return checkReservations(
    held,
    orders.filter(
      ({ ticket }) => ids.has(String(ticket.id)) && held.some(({ _id }) => String(_id) === String(ticket.id)),
    ),
  ).map(({ message }) => message);
}
