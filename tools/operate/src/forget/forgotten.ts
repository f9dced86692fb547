import { DURABLY, type StoredMessage, type Subject, upsert } from '@ticketing/common';
import { factsOf, ownerOf, type ServiceName, serviceNames } from '@ticketing/services';
import type { Connection } from 'mongoose';

/** A message that an operator has forgotten. */
export interface ForgottenMessage {
  readonly subject: Subject;
  readonly sequence: number;
  /** When the server stored it (ms since 1970): a new store counts from 1 again. */
  readonly storedAt: number;
  readonly aggregateId: string;
  readonly payload: string;
}

/** The messages that the audit and a rebuild leave out. */
export interface Forgotten {
  readonly size: number;
  has(subject: Subject, message: Pick<StoredMessage, 'sequence' | 'storedAt'>): boolean;
  /** Whether a message about it is forgotten. */
  isAbout(aggregateId: string): boolean;
}

interface Kept extends ForgottenMessage {
  readonly _id: string;
  readonly at: Date;
}

const keptIn = (connection: Connection) => connection.collection<Kept>('forgotten_messages');
const keyOf = (subject: Subject, { sequence, storedAt }: Pick<StoredMessage, 'sequence' | 'storedAt'>) =>
  `${subject}|${sequence}|${storedAt}`;

/** What is forgotten in these databases. */
export async function readForgotten(connections: readonly Connection[]): Promise<Forgotten> {
  const all = (await Promise.all(connections.map((connection) => keptIn(connection).find().toArray()))).flat();
  const keys = new Set(all.map(({ _id }) => _id));
  const aggregates = new Set(all.map(({ aggregateId }) => aggregateId));
  return {
    size: keys.size,
    has: (subject, message) => keys.has(keyOf(subject, message)),
    isAbout: (aggregateId) => aggregates.has(aggregateId),
  };
}

/** Keeps each message in the database of every service that consumes its channel, or of its owner when none does. */
export async function keepForgotten(
  databases: Readonly<Record<ServiceName, Connection>>,
  messages: readonly ForgottenMessage[],
): Promise<void> {
  for (const { subject, sequence, storedAt, aggregateId, payload } of messages) {
    const kept = { subject, sequence, storedAt, aggregateId, payload, at: new Date() };
    const filter = { _id: keyOf(subject, kept) };
    for (const name of holdersOf(subject))
      await upsert(() =>
        keptIn(databases[name]).updateOne(filter, { $setOnInsert: kept }, { upsert: true, ...DURABLY }),
      );
  }
}

function holdersOf(subject: Subject): readonly ServiceName[] {
  const consumers = serviceNames.filter((name) => factsOf(name).consumes.includes(subject));
  const owner = ownerOf(subject);
  return consumers.length > 0 || owner === undefined ? consumers : [owner];
}
