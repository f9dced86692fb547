import type { RunRecord } from '../story/history';
import { keyOf, type Story } from '../story/story';

export interface Speed {
  /** Events that reached the state, per second, from the first publication to the last of these writes. */
  readonly eventsPerSecond: number;
  /** From the (first) publication of an event until it was written to the state: 99 of 100 were faster (ms). */
  readonly p99LagMs: number;
}

/** Measures one run; undefined when no event reached the state. Pure. */
export function speedOf(story: Story, { history, copies }: RunRecord): Speed | undefined {
  const publishedAt = new Map<string, number>();
  for (const published of history.published) {
    const key = keyOf(published);
    if (!publishedAt.has(key)) publishedAt.set(key, published.at);
  }
  const arrivals = story.events.flatMap((event) => {
    const ledger = copies.find(({ _id }) => _id === event.id)?.ledger ?? [];
    const brings = ledger.filter(
      ({ version, basedOn }) => version === event.version || (basedOn === undefined && version > event.version),
    );
    const published = publishedAt.get(keyOf(event));
    if (published === undefined || brings.length === 0) return [];
    const at = Math.min(...brings.map((entry) => entry.at));
    return [{ at, lag: Math.max(0, at - published) }];
  });
  if (arrivals.length === 0) return undefined;
  const lags = arrivals.map(({ lag }) => lag).sort((one, other) => one - other);
  const tookMs = Math.max(1, ...arrivals.map(({ at }) => at));
  return {
    eventsPerSecond: Math.round((arrivals.length * 1_000) / tookMs),
    p99LagMs: Math.round(lags[Math.ceil(lags.length * 0.99) - 1] ?? 0),
  };
}
