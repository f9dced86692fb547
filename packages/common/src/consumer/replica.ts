import { type Connection, mongo } from 'mongoose';
import { BY_MAJORITY } from '../mongo/durable';
import type { AnyEvent, EventOf, Subject } from '../events/contracts';
import type { Origin } from './origin';

/** An event that came before its predecessor, and waits for it inside its own aggregate's document. */
export interface Parked {
  readonly version: number;
  /** The unchanged message. */
  readonly event: string;
  /** When it was parked, by the database's clock. */
  readonly at: Date;
  readonly from: Origin;
  /** After a failure: not tried again before this, by the clock of the process that tried. */
  readonly notBefore?: Date;
}

/** One aggregate in a replica: the fields of the inbox, besides those of the state. */
export interface ReplicaDocument {
  readonly _id: mongo.ObjectId;
  /** The owner's version; -1 in a placeholder, which holds only events that came too early. */
  readonly version: number;
  /** The owner's last event ended the aggregate. Its version stays, so that no late event brings it back. */
  readonly ended?: true;
  /** By version. */
  readonly parked?: readonly Parked[];
  readonly [field: string]: unknown;
}

export type ReplicaDocuments = mongo.Collection<ReplicaDocument>;

/**
 * Every field of a state, including optional ones, so that none is left from an older version. `undefined` removes a
 * field.
 */
export type Whole<F> = { readonly [K in keyof Required<F>]: F[K] | undefined };

type State = object | undefined;

export interface ReplicaOptions<S extends Subject> {
  /** Every event of one aggregate. Their versions are one sequence. */
  readonly subjects: readonly S[];
  /** The collection. It has no unique index except that of `_id`, and nothing else writes to it. */
  readonly collection: string;
  /**
   * The whole state of an event (see `Whole`), or undefined for the event that ends the aggregate. It may be called
   * more than once for an event, and must change nothing. When it throws, the event counts as failed and comes again.
   */
  readonly state: (event: EventOf<S>, subject: S) => State | Promise<State>;
  /**
   * Values that the same write pushes to arrays, such as a ledger of writes. For tools and tests that judge each write.
   */
  readonly push?: (event: EventOf<S>, subject: S) => Readonly<Record<string, unknown>>;
}

/**
 * A copy of another service's aggregates, as a listener. Events are applied in the order of versions, whatever order
 * they come in.
 */
export interface Replica {
  readonly ordering: 'in-order';
  readonly subjects: readonly Subject[];
  readonly collection: string;
  readonly state: (event: AnyEvent, subject: Subject) => State | Promise<State>;
  readonly push?: (event: AnyEvent, subject: Subject) => Readonly<Record<string, unknown>>;
}

/** Declares a replica. A service writes nothing else for one; see `Inbox` for what happens to the events. */
export function replica<S extends Subject>(options: ReplicaOptions<S>): Replica {
  // Sound, because `state` and `push` get an event with the subject whose contract decoded it.
  return { ...options, ordering: 'in-order' } as unknown as Replica;
}

/** What a reader may see: no placeholder, and no aggregate that has ended. */
const PRESENT = { version: { $gte: 0 }, ended: { $exists: false } } as const;

export type Copy<F> = F & { readonly _id: mongo.ObjectId; readonly version: number };

/** The only way to read a replica, so that no reader sees a placeholder, or an aggregate that has ended. */
export interface ReplicaReader<F> {
  /** @throws BSONError when the id is none */
  find(id: string): Promise<Copy<F> | null>;
  all(): mongo.FindCursor<Copy<F>>;
}

/** Reads a replica, without its parked events. */
export function replicaReader<F extends object>(
  connection: Connection,
  { collection }: Pick<Replica, 'collection'>,
): ReplicaReader<F> {
  const documents = () => connection.collection<ReplicaDocument>(collection);
  const options = { projection: { parked: 0 } };
  return {
    find: (id) => documents().findOne<Copy<F>>({ _id: new mongo.ObjectId(id), ...PRESENT }, options),
    all: () => documents().find<Copy<F>>(PRESENT, options),
  };
}

/** The fields of a document that tell whether its parked events can be handled. */
export type Waiting = Pick<ReplicaDocument, '_id' | 'version'> & { readonly parked: readonly Omit<Parked, 'event'>[] };

/** Matches the documents in which events wait, by the index on `parked.at`, which has no entry for others. */
export const WAITING = { 'parked.at': { $gt: new Date(0) } } as const;

/** The documents in which events wait, without the events. */
export function waitingIn(documents: ReplicaDocuments): mongo.FindCursor<Waiting> {
  const projection = { version: 1, 'parked.version': 1, 'parked.at': 1, 'parked.from': 1, 'parked.notBefore': 1 };
  return documents.find<Waiting>(WAITING, { projection, ...BY_MAJORITY });
}

/**
 * For `waitingIn`. Sparse, so a document in which nothing waits has no entry (mongodb/mongo, jstests/core, indext.js).
 */
export async function createInboxIndex(documents: ReplicaDocuments): Promise<void> {
  await documents.createIndex({ 'parked.at': 1 }, { sparse: true, name: 'parked_events' });
}
