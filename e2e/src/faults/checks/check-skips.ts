import { TEST_ACK_WAIT_MS } from '../../system/system.helper';
import type { Problem } from './check-answers';
import type { Happened, Slot } from '../schedule';

/** The log line of a service that applied an event over a gap. */
export interface Skipped {
  /** When, in ISO format. */
  readonly time: string;
  readonly aggregateId: string;
  /** The version that the replica had; absent: none. */
  readonly from?: number;
  readonly to: number;
  readonly waitedMs: number;
}

export interface Skip extends Skipped {
  readonly slot: Slot;
}

/**
 * The broker drops a client this long (ms) after its last sign of life. Until then it may send that client messages
 * that no other gets.
 */
const GIVEN_UP_MS = 15_000;
/**
 * This much waiting (ms) without a fault is enough for an event that fails once: it is the least patience that a
 * service accepts.
 */
const ENOUGH_MS = 3 * TEST_ACK_WAIT_MS;

type Span = readonly [from: number, to: number];

/**
 * A gap may be skipped only for a reason: its predecessors were lost with the store, or a fault kept them away so long
 * that hardly any of the wait was left. Each other skip is a problem.
 */
export function checkSkips(skips: readonly Skip[], happened: readonly Happened[]): Problem[] {
  return skips
    .filter((skip) => !isExplained(skip, happened))
    .map(({ slot, time, aggregateId, from = 'nothing', to, waitedMs }) => ({
      message: `${slot} skipped from ${from} to ${to} of ${aggregateId} at ${time} after ${waitedMs} ms: no fault explains it`,
      aggregateId,
    }));
}

function isExplained({ time, waitedMs }: Skip, happened: readonly Happened[]): boolean {
  const at = Date.parse(time);
  const inWait = (one: Happened): Span[] => {
    const [from, to] = keptAway(one);
    const [begin, end] = [Math.max(from, at - waitedMs), Math.min(to, at)];
    return begin < end ? [[begin, end]] : [];
  };
  if (happened.some((one) => one.fault.kind === 'store-lost' && inWait(one).length > 0)) return true;
  return waitedMs - lengthOf(happened.flatMap(inWait)) < ENOUGH_MS;
}

/** While it kept events from those that handle them; then an ack wait more until they are delivered again. */
function keptAway({ fault, from, to }: Happened): Span {
  if (fault.kind === 'connections-delayed') return [from, from]; // by less than an ack wait
  const losesItsClient = fault.kind === 'service-killed' || fault.kind === 'process-paused';
  const ended = losesItsClient || fault.kind === 'connections-cut' ? Math.max(to, from + GIVEN_UP_MS) : to;
  return [from, ended + TEST_ACK_WAIT_MS];
}

/** The total of all faults; overlapping time counts once. */
function lengthOf(spans: readonly Span[]): number {
  let [length, until] = [0, -Infinity];
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    length += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return length;
}
