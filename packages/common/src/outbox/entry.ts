import type { Types } from 'mongoose';
import type { EventOf, Subject } from '../events/contracts';

/** An event that is saved with its aggregate and, as far as known, not published yet. */
export interface OutboxEntry {
  /** The event's `meta.id`. */
  readonly id: string;
  readonly subject: Subject;
  /** When it was recorded (this process's clock). The sweep leaves young entries to the process that wrote them. */
  readonly at: Date;
  readonly event: EventOf<Subject>;
}

/** The fields that an aggregate with an outbox has besides its state. */
export interface OwnedFields {
  version: number;
  /** `record` pushes to it, and the relay removes published entries. It does not leave the service. */
  outbox: OutboxEntry[];
  /** The event that the last save recorded. It tells whether a write whose reply was lost has happened. */
  lastEventId?: string;
}

export interface OwnedMethods {
  /**
   * Names the event of the next save. Call it exactly once per save; the event carries the state and version that the
   * save writes.
   */
  record(subject: Subject): void;
}

/** An aggregate as the database has it, for code that only shows it: `lean`, without its outbox. */
export type Stored<T> = T & { readonly _id: Types.ObjectId; readonly version: number };

/**
 * A projection for reads that only show the aggregate, because an outbox can be long while the broker is away. Not for
 * a document that will be saved.
 */
export const withoutOutbox = { outbox: 0, lastEventId: 0 } as const;
