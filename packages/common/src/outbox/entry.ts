import type { Types } from 'mongoose';
import type { EventOf, Subject } from '../events/contracts';

/** An event that is saved with its aggregate and not yet known to be published. */
export interface OutboxEntry {
  /** The event's `meta.id`. */
  readonly id: string;
  readonly subject: Subject;
  /** When it was recorded (this process's clock); the sweep leaves young entries to the process that wrote them. */
  readonly at: Date;
  readonly event: EventOf<Subject>;
}

/** What an aggregate with an outbox has besides its state. */
export interface OwnedFields {
  version: number;
  /** Only ever pushed to, by `record`; the relay removes what it published. Never leaves the service. */
  outbox: OutboxEntry[];
  /** The event that the last save recorded: tells whether a write whose reply was lost has happened. */
  lastEventId?: string;
}

export interface OwnedMethods {
  /** Says which event the next save is. Exactly one per save; the event carries the state and version that it writes. */
  record(subject: Subject): void;
}

/** An aggregate as it is in the database, for what only shows it: `lean`, without its outbox. */
export type Stored<T> = T & { readonly _id: Types.ObjectId; readonly version: number };

/** A projection for reads that only show: an outbox can be long while the broker is away. Never for a document to be saved. */
export const withoutOutbox = { outbox: 0, lastEventId: 0 } as const;
