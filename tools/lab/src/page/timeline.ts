import type { Delivery, LedgerEntry } from '../story/history';
import type { Judged } from '../run/lab';
import type { EventKey, Story } from '../story/story';

/** One delivery of one event, at its place in the order of what happened. */
export interface Mark {
  readonly slot: number;
  readonly version: number;
  /** In order: right after the newest so far. Again: the event was delivered before. */
  readonly arrival: 'in order' | 'early' | 'late' | 'again';
  /** The slot in which this delivery was written to the copy, which is its own if nothing else came in between. */
  readonly written: { readonly slot: number; readonly afterMs: number } | undefined;
  /** Written although the copy already had the event. */
  readonly twice: boolean;
  /** No trace of the event is in the final state, although it was acked. */
  readonly lost: boolean;
  readonly delivery: Delivery;
}

/** What happened to one ticket under one strategy, ready to be drawn. Slots count what happened, from 0. */
export interface Timeline {
  readonly versions: number;
  readonly slots: number;
  readonly marks: readonly Mark[];
  /** The version of the copy after each write; `back` when it was a newer one before. */
  readonly states: readonly { readonly slot: number; readonly version: number; readonly back: boolean }[];
  /** Before this slot a member was killed. */
  readonly crashes: readonly number[];
  /** Before this slot nothing happened for this long (ms). */
  readonly pauses: readonly { readonly slot: number; readonly ms: number }[];
  readonly ended: { readonly version: number; readonly price: number };
  readonly expected: { readonly version: number; readonly price: number };
  readonly right: boolean;
}

/** A pause (ms) that is worth a mark. */
const LONG_PAUSE_MS = 400;

/** Puts the deliveries and writes of one ticket in order. Pure. */
export function timelineOf(story: Story, { record, judgement }: Judged, id: string): Timeline {
  const events = story.tickets.find((ticket) => ticket.id === id)?.events ?? [];
  const last = events.at(-1);
  const copy = record.copies.find(({ _id }) => _id === id);
  if (!last || !copy) throw new Error(`there is no ticket ${id}`);
  const deliveries = record.history.deliveries.filter((delivery) => delivery.id === id);
  const writes = attribute(deliveries, copy.ledger);
  const { slotOf, times } = slotsOf(deliveries, copy.ledger, writes);
  const isIn = (keys: readonly EventKey[], version: number) =>
    keys.some((key) => key.id === id && key.version === version);

  const seen = new Set<number>();
  const inCopy = new Set<number>();
  const marks = deliveries.map((delivery): Mark => {
    const { version } = delivery;
    const newest = Math.max(-1, ...seen);
    const first = version === newest + 1 ? 'in order' : version > newest ? 'early' : 'late';
    const arrival = seen.has(version) ? 'again' : first;
    seen.add(version);
    const write = writes.get(delivery);
    const twice = write !== undefined && inCopy.has(version) && isIn(judgement.doubleApplies, version);
    if (write) inCopy.add(version);
    const lost = write !== undefined && isIn(judgement.lostUpdates, version);
    const written = write && { slot: slotOf(write), afterMs: write.at - delivery.at };
    return { slot: slotOf(delivery), version, arrival, written, twice, lost, delivery };
  });
  return {
    versions: events.length,
    slots: times.length,
    marks,
    states: copy.ledger.map((entry, index) => ({
      slot: slotOf(entry),
      version: entry.version,
      back: entry.version < (copy.ledger[index - 1]?.version ?? -1),
    })),
    crashes: record.history.crashes.map(({ at }) => times.filter((time) => time <= at).length),
    pauses: times.flatMap((at, slot) => {
      const ms = at - (times[slot - 1] ?? at);
      return ms > LONG_PAUSE_MS ? [{ slot, ms }] : [];
    }),
    ended: { version: copy.version, price: copy.price },
    expected: { version: last.version, price: last.price },
    right: copy.version === last.version && copy.price === last.price,
  };
}

/**
 * The delivery that led to each write: the first acked one before it. The member that got the event writes a change,
 * but another member may have parked a whole state. A member that died acked nothing; then it is its latest delivery.
 */
function attribute(deliveries: readonly Delivery[], ledger: readonly LedgerEntry[]): Map<Delivery, LedgerEntry> {
  const found = new Map<Delivery, LedgerEntry>();
  for (const entry of ledger) {
    const { version, at, member, basedOn } = entry;
    const free = deliveries.filter((one) => one.version === version && one.at <= at && !found.has(one));
    const own = free.filter((one) => one.member === member);
    const acked = (basedOn === undefined ? free : own).find(({ ackedAt }) => ackedAt !== undefined);
    const delivery = acked ?? own.at(-1) ?? free.at(-1);
    if (delivery) found.set(delivery, entry);
  }
  return found;
}

/** A slot for each delivery and each write, by time; a write right after its own delivery shares the slot. */
function slotsOf(
  deliveries: readonly Delivery[],
  ledger: readonly LedgerEntry[],
  writes: ReadonlyMap<Delivery, LedgerEntry>,
) {
  // The times that two members note may have another order than their writes; the ledger has the order of the writes.
  let latest = 0;
  const inOrder = ledger.map((entry) => ({ thing: entry, at: (latest = Math.max(latest, entry.at)) }));
  const happened: { thing: Delivery | LedgerEntry; at: number }[] = [
    ...deliveries.map((delivery) => ({ thing: delivery, at: delivery.at })),
    ...inOrder,
  ].sort((one, other) => one.at - other.at);

  const slots = new Map<Delivery | LedgerEntry, number>();
  const times: number[] = [];
  let before: Delivery | LedgerEntry | undefined;
  for (const { thing, at } of happened) {
    const shares = before !== undefined && writes.get(before as Delivery) === thing;
    if (!shares) times.push(at);
    slots.set(thing, times.length - 1);
    before = thing;
  }
  return { slotOf: (thing: Delivery | LedgerEntry) => slots.get(thing) ?? 0, times };
}
