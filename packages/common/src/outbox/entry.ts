import { randomUUID } from 'node:crypto';
import type { Types } from 'mongoose';
import { encodeEvent, type EventOf, type StateOf, type Subject } from '../events/contracts';
import { currentTraceparent } from '../tracing/tracing';

/** An event that is saved with its aggregate and, as far as known, not published yet. */
export interface OutboxEntry {
  /** The event's `meta.id`. */
  readonly id: string;
  readonly subject: Subject;
  /** When it was recorded (this process's clock). The sweep leaves young entries to the process that wrote them. */
  readonly at: Date;
  readonly event: EventOf<Subject>;
}

/** An aggregate with events that are not published yet, as far as known. */
export interface Pending {
  readonly _id: Types.ObjectId;
  readonly outbox: readonly OutboxEntry[];
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

/** The entry of an event that carries this state. @throws ContractError when the state breaks the event's contract */
export function newEntry(subject: Subject, state: StateOf<Subject>): OutboxEntry {
  const at = new Date();
  const traceparent = currentTraceparent();
  const meta = { id: randomUUID(), occurredAt: at.toISOString(), ...(traceparent !== undefined && { traceparent }) };
  // A state that breaks the contract is refused here, before anything is written. The event is stored as the JSON that
  // is published: the database would turn an undefined optional field into null, which a publisher may not send.
  const event = JSON.parse(encodeEvent(subject, { ...state, meta })) as EventOf<Subject>;
  return { id: meta.id, subject, at, event };
}
