import type { StateOf, Subject } from '@ticketing/common';

/** The kind of the broken promise. A test breaks each kind on purpose. */
export type DisagreementKind =
  | 'malformed' // a ticket, an order or a refusal has a form that its service does not write; nothing else is reported about it
  | 'promise' // a client was answered 200, 201 or 204, and the owner does not have it
  | 'replica' // a replica is not its source, in version or state
  | 'reservation' // a ticket is not free or held as its latest order says, or its orders are not numbered 1..n
  | 'payment' // a payment has neither completed its order nor been refused, or both; or it is not that of its order
  | 'outbox' // an event is still in an outbox
  | 'parked' // an event is still parked
  | 'dead-letter' // a database has a dead letter
  | 'hidden' // a channel does not deliver each of its messages once and without holes, or an event of it is missing
  | 'stream'; // the versions of an aggregate in the stream have a hole, or differ from its owner

/** One thing on which the parts of the system disagree. */
export interface Disagreement {
  readonly kind: DisagreementKind;
  /** The ticket, order or refusal that it is about, when it is about one. */
  readonly aggregateId?: string;
  /** In words, with both sides. */
  readonly message: string;
}

/** The public state of an aggregate at one version, as its events tell it. */
export type AggregateState = StateOf<Subject>;

/** One event of an aggregate, as the stream has it. */
export interface StreamedEvent {
  readonly subject: Subject;
  readonly sequence: number;
  /** When the server stored it (ms since 1970, the server's clock). */
  readonly storedAt: number;
  readonly aggregateId: string;
  readonly version: number;
  /** Undefined from a publisher without `meta`: then another event cannot be told from the same one published again. */
  readonly eventId: string | undefined;
  /** When it was recorded (ms since 1970, the clock of the process that did); of a snapshot, when that was made. */
  readonly occurredAt: number;
  readonly snapshot: boolean;
  /** Its state: everything except `meta`. */
  readonly state: AggregateState;
  /** The whole event, as it was published. */
  readonly payload: string;
}

export interface AuditReport {
  readonly disagreements: readonly Disagreement[];
  /** What was compared, because an audit that compared nothing proves nothing. */
  readonly compared: {
    readonly tickets: number;
    readonly orders: number;
    readonly events: number;
    readonly payments: number;
    readonly promises: number;
  };
  /** Messages that were left out, because an operator has forgotten them. */
  readonly forgotten: number;
  /** The stream of one aggregate, in the order in which it was published, for a disagreement's history. */
  historyOf(aggregateId: string): readonly StreamedEvent[];
}
