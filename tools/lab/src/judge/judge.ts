import type { LedgerEntry, RunRecord, TicketCopy } from '../story/history';
import { type EventKey, keyOf, type PriceEvent, type Story } from '../story/story';

/** The anomalies in the state that the consumers kept, event by event. */
export interface Anomalies {
  /** Acked, but without a trace in the final state. */
  readonly lostUpdates: readonly EventKey[];
  /** In the final state more than once; named once for each time too many. */
  readonly doubleApplies: readonly EventKey[];
  /** Writes that took a ticket from a newer version to this older one. */
  readonly regressions: readonly EventKey[];
  /** Tickets with an event that still waits when everything has come to rest; the event is the first that waits. */
  readonly stuckAggregates: readonly EventKey[];
}

export interface Judgement extends Anomalies {
  readonly total: number;
  /** No anomaly: these were never a state of the copy, because a newer whole state came before them. */
  readonly skipped: readonly EventKey[];
  /** Tickets that ended with the right version and price. */
  readonly endedRight: number;
}

/**
 * Judges one run. Pure.
 * @throws Error when the ledger does not explain the price of a copy, because then the ledger cannot be trusted
 */
export function judge(story: Story, { history, copies, held }: RunRecord): Judgement {
  const acked = new Set(history.deliveries.filter(({ ackedAt }) => ackedAt !== undefined).map(keyOf));
  const aside = new Set(held.map(keyOf));
  const found = { lostUpdates: [], doubleApplies: [], regressions: [], stuckAggregates: [], skipped: [] } as Record<
    keyof Anomalies | 'skipped',
    EventKey[]
  >;
  let endedRight = 0;
  for (const { id, events } of story.tickets) {
    const copy = copies.find(({ _id }) => _id === id);
    if (!copy) throw new Error(`there is no copy of ticket ${id}`);
    const times = effects(copy.ledger, events.length);
    checkPrice(copy, events, times);
    const missing = events.filter(({ version }) => times[version] === 0).map(({ version }) => ({ id, version }));
    const waiting = missing.filter((key) => !acked.has(keyOf(key)) || aside.has(keyOf(key)));
    found.stuckAggregates.push(...waiting.slice(0, 1));
    found.lostUpdates.push(...missing.filter((key) => !waiting.includes(key)));
    for (const { version } of events) {
      for (let extra = 1; extra < (times[version] ?? 0); extra += 1) found.doubleApplies.push({ id, version });
      const written = copy.ledger.some((entry) => entry.version === version);
      if (times[version] !== 0 && !written) found.skipped.push({ id, version });
    }
    found.regressions.push(
      ...copy.ledger
        .filter(({ version }, index) => version < (copy.ledger[index - 1]?.version ?? -1))
        .map(({ version }) => ({ id, version })),
    );
    const last = events.at(-1);
    if (copy.version === last?.version && copy.price === last.price) endedRight += 1;
  }
  const { skipped, ...anomalies } = found;
  const total = Object.values(anomalies).reduce((sum, kind) => sum + kind.length, 0);
  return { ...anomalies, total, skipped, endedRight };
}

/** How often each version is in the state after the last write. A whole state has every version up to its own, once. */
function effects(ledger: readonly LedgerEntry[], versions: number): number[] {
  const after: number[][] = [];
  for (const { version, basedOn } of ledger) {
    if (basedOn === undefined) after.push(Array.from({ length: versions }, (_, of) => (of <= version ? 1 : 0)));
    else {
      const before = after[basedOn - 1] ?? Array.from({ length: versions }, () => 0);
      after.push(before.map((times, of) => (of === version ? times + 1 : times)));
    }
  }
  return after.at(-1) ?? Array.from({ length: versions }, () => 0);
}

function checkPrice(copy: TicketCopy, events: readonly PriceEvent[], times: readonly number[]): void {
  const explained = events.reduce((sum, { version, change }) => sum + change * (times[version] ?? 0), 0);
  if (explained === copy.price) return;
  throw new Error(`the ledger of ticket ${copy._id} explains a price of ${explained}, but it is ${copy.price}`);
}
