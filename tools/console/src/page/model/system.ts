/** A ticket as its owner and the replica have it, and its latest order. */
export interface TicketRow {
  readonly id: string;
  readonly title: string;
  readonly price: number;
  readonly userId: string;
  /** In the owner. */
  readonly version: number;
  /** In the replica; undefined where there is none yet. */
  readonly replicaVersion: number | undefined;
  /** The versions that are parked in the replica. */
  readonly parked: readonly number[];
  readonly outbox: number;
  readonly reservation: number;
  readonly held: boolean;
  readonly sold: boolean;
  readonly order: OrderRow | undefined;
}

export interface OrderRow {
  readonly id: string;
  readonly userId: string;
  readonly status: string;
  readonly version: number;
  readonly reservation: number;
  readonly price: number;
  /** ms since 1970 */
  readonly expiresAt: number;
}

export interface ParkedRow {
  readonly keeper: string;
  readonly aggregateId: string;
  readonly subject: string;
  readonly version: number;
  /** ms since 1970 */
  readonly since: number;
  readonly waitsFor: string;
}

export interface LetterRow {
  readonly id: string;
  readonly service: string;
  readonly channel: string;
  readonly reason: string;
  readonly message: string;
  readonly attempts: number;
  readonly state: string;
  readonly payload: string;
}

/** A queue group in a channel, as the broker's monitoring port tells it. */
export interface GroupRow {
  readonly channel: string;
  readonly group: string;
  readonly inFlight: number;
  readonly notSent: number;
  readonly state: string;
}

/** What the databases and the broker held at one moment. */
export interface Snapshot {
  /** ms since 1970 */
  readonly at: number;
  /** The newest ones. */
  readonly tickets: readonly TicketRow[];
  /** Events that wait in the outboxes of each service. */
  readonly outbox: Readonly<Record<string, number>>;
  readonly parked: readonly ParkedRow[];
  readonly letters: readonly LetterRow[];
  readonly groups: readonly GroupRow[];
  /** What cannot be read now, in words. */
  readonly away: readonly string[];
}

/** A process that the page can break; only under `npm start`. */
export interface PartRow {
  readonly name: string;
  readonly state: 'running' | 'paused' | 'stopped' | 'starting' | 'stopping';
}

/** A program or experiment that somebody started on the page. */
export interface Job {
  readonly id: number;
  readonly title: string;
  /** As it can be typed in a terminal; empty where there is no such command. */
  readonly command: string;
  readonly lines: readonly string[];
  readonly state: 'running' | 'done' | 'failed';
  /** ms since 1970 */
  readonly at: number;
}

/** What the page has to know once. */
export interface Hello {
  /** Another value means another start of the console, whose steps begin again. */
  readonly started: string;
  readonly mayAct: boolean;
  readonly maySell: boolean;
  readonly mayBreak: boolean;
  readonly users: readonly string[];
  readonly services: readonly ServiceFacts[];
  readonly broker: string;
  readonly replicas: readonly string[];
}

export interface ServiceFacts {
  readonly name: string;
  readonly publishes: readonly string[];
  readonly consumes: readonly string[];
  readonly group: string;
}
