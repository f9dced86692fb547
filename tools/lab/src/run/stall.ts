import { disorderOf } from '../judge/disorder';
import { judge } from '../judge/judge';
import { run } from './run';
import { ACK_WAIT_MS, PATIENT_ACK_WAIT_MS, stallSchedule } from '../story/schedule';
import type { LabServers } from './servers';
import { makeStory } from '../story/story';
import { lookUpPrevious } from '../strategies/look-up-previous';
import type { Strategy } from '../strategies/strategy';
import { versioned } from '../strategies/versioned';

/** Unacked messages that the member may hold. */
const MAX_IN_FLIGHT = 8;
/** More successors ahead of their predecessors than it may hold. */
const TICKETS = 12;
/** Three redeliveries of each message, and some more. */
const PATIENCE_MS = 3.5 * ACK_WAIT_MS;

export interface StallResult {
  readonly strategy: Strategy;
  readonly maxInFlight: number;
  /** Successors that were published before the first predecessor. */
  readonly ahead: number;
  /** The run ended after this long (ms) without an ack. */
  readonly stalled: boolean;
  readonly patienceMs: number;
  readonly tookMs: number;
  readonly deliveries: number;
  readonly redelivered: number;
  /** Predecessors that were ever delivered. */
  readonly predecessors: number;
}

/**
 * The schedule that stalls "look up version - 1": a gap longer than maxInFlight. The versioned listener runs it too.
 */
export async function stall(
  strategies: readonly Strategy[],
  seed: number,
  { servers, say, signal }: { servers: LabServers; say: (line: string) => void; signal?: AbortSignal },
): Promise<StallResult[]> {
  const story = makeStory(seed, TICKETS, 2);
  const results: StallResult[] = [];
  for (const strategy of [lookUpPrevious, versioned].filter((one) => strategies.includes(one))) {
    say(`${strategy.name}, a gap longer than maxInFlight ...`);
    const schedule = stallSchedule(story, strategy === lookUpPrevious ? ACK_WAIT_MS : PATIENT_ACK_WAIT_MS);
    // With two members, redeliveries move between them, and the one with fewer gets new messages, so a stall is less
    // certain.
    const limits = { members: 1, maxInFlight: MAX_IN_FLIGHT, patienceMs: PATIENCE_MS };
    const record = await run({ servers, story, schedule, strategy, signal, ...limits });
    const { deliveries, redelivered } = disorderOf(record.history);
    results.push({
      strategy,
      ...limits,
      ahead: TICKETS,
      stalled: judge(story, record).stuckAggregates.length > 0,
      tookMs: Math.round(record.tookMs),
      ...{ deliveries, redelivered },
      predecessors: record.history.deliveries.filter(({ version }) => version === 0).length,
    });
  }
  return results;
}
