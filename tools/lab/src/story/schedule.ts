import type { PriceEvent, Story } from './story';

/** One message that the publisher sends. */
export interface Publication {
  readonly event: PriceEvent;
  /** Not before this (ms after the start). */
  readonly atMs: number;
  readonly why: 'on time' | 'late' | 'delayed' | 'copy';
}

/** What is published when, and what goes wrong on the way. Data only, so that two schedules can be compared. */
export interface Schedule {
  readonly name: 'quiet' | 'disorder' | 'stall';
  /** In the order of sending. */
  readonly publications: readonly Publication[];
  /** An event is published only when the one before it, of the same ticket, was acked. */
  readonly paced: boolean;
  /** A message without an ack for this long (ms) is delivered again. */
  readonly ackWaitMs: number;
  /** `keyOf` the events whose first ack is lost on its way to the server. */
  readonly lostAcks: readonly string[];
  /** The first member is killed when its n-th message arrives, and a new one comes in its place after `downMs`. */
  readonly crash?: { readonly atDelivery: number; readonly downMs: number };
  /** By `keyOf` the event: how long its handling takes (ms) in the first and in the second member. */
  readonly handlingMs: ReadonlyMap<string, readonly [number, number]>;
}

/** The shortest ack wait of the protocol (ms), so that the lab need not wait long for redeliveries. */
export const ACK_WAIT_MS = 1_000;
/**
 * The ack wait where no ack is lost (ms). It is longer than a pause of the machine, which must not look like a fault of
 * the strategy.
 */
export const PATIENT_ACK_WAIT_MS = 10_000;

const withoutFaults = { lostAcks: [], handlingMs: new Map<string, readonly [number, number]>() };

/** Nothing goes wrong, and each event is handled before its successor is published. */
export function quietSchedule(story: Story): Schedule {
  const publications = story.events.map((event): Publication => ({ event, atMs: 0, why: 'on time' }));
  return { name: 'quiet', publications, paced: true, ackWaitMs: PATIENT_ACK_WAIT_MS, ...withoutFaults };
}

/** Later versions of all tickets come before earlier ones of any. Nothing else goes wrong. */
export function stallSchedule(story: Story, ackWaitMs: number): Schedule {
  const newestFirst = [...story.events].sort((one, other) => other.version - one.version);
  const publications = newestFirst.map((event): Publication => ({
    event,
    atMs: 0,
    why: event.version === 0 ? 'late' : 'on time',
  }));
  return { name: 'stall', publications, paced: false, ackWaitMs, ...withoutFaults };
}
