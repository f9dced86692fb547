import { randomUUID } from 'node:crypto';
import { type AnyEvent, deadLetterStore, DURABLY, type Replica, type ReplicaDocument, upsert } from '@ticketing/common';
import type { ServiceName } from '@ticketing/services';
import { type Connection, mongo } from 'mongoose';
import { publicTicket, ticketDocument } from '../audit/documents';
import { inboxIn } from '../rebuild/inbox-in';
import { keepForgotten } from './forgotten';
import type { Plan } from './plan';

/** A replica, and the connection to the database that it is in. */
export interface ReplicaIn {
  readonly connection: Connection;
  readonly replica: Replica;
}

/**
 * Carries a plan out: replicas get back what the owner has, or an end where there is no owner; dead letters are dropped;
 * the messages are kept as forgotten last. So after a crash the next plan has what is left.
 * @throws what the database throws
 */
export async function forget(
  { aggregateId, owner, foreign, inReplica, letters }: Plan,
  databases: Readonly<Record<ServiceName, Connection>>,
  replicas: readonly ReplicaIn[],
): Promise<void> {
  const _id = new mongo.ObjectId(aggregateId);
  if (inReplica) {
    for (const one of replicas) {
      if (owner) await startAgain(one, _id, databases.tickets);
      else await end(one, _id, Math.max(-1, ...foreign.map(({ version }) => version)));
    }
  }
  for (const { service, document } of letters) await deadLetterStore(databases[service]).drop(document._id);
  await keepForgotten(databases, foreign);
}

/** The tombstone has the highest version, so that a late copy of what was forgotten is seen. */
async function end({ connection, replica }: ReplicaIn, _id: mongo.ObjectId, version: number): Promise<void> {
  const documents = connection.collection<ReplicaDocument>(replica.collection);
  const found = await documents.findOne({ _id });
  const versions = [version, found?.version ?? -1, ...(found?.parked ?? []).map((event) => event.version)];
  const ended = { version: Math.max(...versions), ended: true };
  await upsert(() => documents.replaceOne({ _id }, ended, { upsert: true, ...DURABLY }));
}

/** The owner is read after the removal, so its state is not older than any event that was parked in what is removed. */
async function startAgain({ connection, replica }: ReplicaIn, _id: mongo.ObjectId, owner: Connection): Promise<void> {
  await connection.collection<ReplicaDocument>(replica.collection).deleteOne({ _id }, DURABLY);
  const state = publicTicket(ticketDocument.parse(await owner.collection('tickets').findOne({ _id })));
  const subject = state.version === 0 ? 'ticket:created' : 'ticket:updated';
  const event: AnyEvent = {
    ...state,
    meta: { id: randomUUID(), occurredAt: new Date().toISOString(), snapshot: true },
  };
  const origin = { group: 'forget', channel: subject, sequence: 0, storedAt: 0 };
  await inboxIn(replica.collection, { connection, replica }).take({ subject, event, origin, payload: '' });
}
