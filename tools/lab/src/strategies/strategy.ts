import type { Broker } from '@ticketing/common';
import type { Connection } from 'mongoose';
import type { EventKey, PriceEvent } from '../story/story';
import type { Tickets } from '../story/tickets';

/** One process of the consuming service, as a strategy sees it. A kill loses its memory. */
export interface Member {
  /** Its place among the members, from 0; a restarted one has the place of the one that was killed. */
  readonly place: number;
  readonly places: number;
  readonly group: string;
  readonly broker: Broker;
  readonly tickets: Tickets;
  /** For what a strategy keeps besides the tickets. */
  readonly connection: Connection;
  readonly ticketIds: readonly string[];
  /** How many unacked messages it may hold, unless the strategy says otherwise. */
  readonly maxInFlight: number;
  /** Without an ack for so long (ms) a message is delivered again. */
  readonly ackWaitMs: number;
}

/** Stops listening, and finishes the messages that it is handling. */
export type Leave = () => Promise<void>;

/** One way of keeping a copy right although events come late, twice, or to two members at the same time. */
export interface Strategy {
  /** The name for `--strategy`. */
  readonly name: string;
  readonly title: string;
  /** What it costs, or lacks: a few words. */
  readonly price: string;
  /** Processes that share the work; 2 unless the strategy is about that. */
  readonly members?: number;
  /** The channel that the publisher must use, if it is not the one for all. */
  readonly channelOf?: (event: PriceEvent) => string;
  /** Starts one process: joins the queue group and listens. */
  join(member: Member): Leave | Promise<Leave>;
  /** Events that it has acked and parked, without effect so far. */
  held?(where: Pick<Member, 'connection' | 'tickets' | 'group'>): Promise<EventKey[]>;
}
