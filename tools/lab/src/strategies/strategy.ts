import type { Broker } from '@ticketing/common';
import type { Connection } from 'mongoose';
import type { EventKey, PriceEvent } from '../story/story';
import type { Tickets } from '../story/tickets';

/** One process of the consuming service, as a strategy sees it. What it keeps in memory is gone when it is killed. */
export interface Member {
  /** Its place among the members, from 0; a restarted one has the place of the one that was killed. */
  readonly place: number;
  readonly places: number;
  readonly group: string;
  readonly bus: Broker;
  readonly tickets: Tickets;
  /** For what a strategy keeps besides the tickets. */
  readonly connection: Connection;
  readonly ticketIds: readonly string[];
  /** Unacked messages that it may hold, unless the strategy says otherwise. */
  readonly maxInFlight: number;
  /** Without an ack for so long (ms) a message is delivered again. */
  readonly ackWaitMs: number;
}

/** Stops listening, and finishes what is in hand. */
export type Leave = () => Promise<void>;

/** One way of keeping a copy right although events come late, twice, or to two members at the same time. */
export interface Strategy {
  /** As it is given to `--strategy`. */
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
  /** What it has acked and keeps aside, without effect so far. */
  held?(where: Pick<Member, 'connection' | 'tickets' | 'group'>): Promise<EventKey[]>;
}
