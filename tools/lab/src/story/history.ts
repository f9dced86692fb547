import type { EventKey } from './story';

/** A message as a consumer saw it. All times are ms of this process's clock, since the first publication. */
export interface Delivery extends EventKey {
  /** Which member got it: A, B, or A2 for the one that came after the crash. */
  readonly member: string;
  readonly channel: string;
  readonly sequence: number;
  readonly redelivered: boolean;
  readonly at: number;
  /** When the consumer acked it; absent when it did not. */
  ackedAt?: number;
  /** That ack was lost, by a fault. */
  ackLost?: boolean;
}

/** What happened in one run, as it was recorded while it happened. */
export interface History {
  readonly published: (EventKey & { readonly at: number })[];
  readonly deliveries: Delivery[];
  readonly crashes: { readonly member: string; readonly at: number }[];
}

/** One write to a ticket's copy, kept in the copy itself by the same atomic write: so the list is in the true order. */
export interface LedgerEntry {
  readonly version: number;
  /**
   * For a write that added the event's change to the price it had read: how many entries the copy had then. If there were
   * more when it was written, it overwrote them. Absent for a write of the event's whole state.
   */
  readonly basedOn?: number;
  readonly member: string;
  readonly at: number;
}

/** The copy of a ticket that the consumers keep. */
export interface TicketCopy {
  readonly _id: string;
  /** -1 before the first event. */
  readonly version: number;
  readonly price: number;
  /** The publisher's time of the event that was written last; '' before the first one. */
  readonly occurredAt: string;
  readonly ledger: readonly LedgerEntry[];
}

/** Everything that is judged: the history and the final copies. */
export interface RunRecord {
  readonly history: History;
  readonly copies: readonly TicketCopy[];
  /** Acked, kept aside, and without effect when the run ended. */
  readonly held: readonly EventKey[];
  /** Until everything was acked, or nothing moved any more (ms). */
  readonly tookMs: number;
}
