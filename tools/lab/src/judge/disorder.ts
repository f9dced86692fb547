import type { History } from '../story/history';
import { type EventKey, keyOf } from '../story/story';

/** How much disorder the consumers really saw, counted in deliveries. */
export interface Disorder {
  readonly deliveries: number;
  /** First deliveries that came after a later version of the same ticket. */
  readonly reordered: number;
  /** Events that came as two or more messages, because they were published again. */
  readonly duplicated: number;
  /** Messages that the server delivered again. */
  readonly redelivered: number;
}

/** Counts from the history, not from the plan, because a plan may not happen. Pure. */
export function disorderOf({ deliveries }: Pick<History, 'deliveries'>): Disorder {
  const newest = new Map<string, number>();
  const messages = new Map<string, Set<string>>();
  let reordered = 0;
  for (const delivery of deliveries) {
    const key = keyOf(delivery);
    const isFirst = !messages.has(key);
    const copies = messages.get(key) ?? new Set<string>();
    messages.set(key, copies.add(`${delivery.channel}#${delivery.sequence}`));
    if (isFirst && isLate(delivery, newest)) reordered += 1;
  }
  return {
    deliveries: deliveries.length,
    reordered,
    duplicated: [...messages.values()].filter(({ size }) => size > 1).length,
    redelivered: deliveries.filter(({ redelivered }) => redelivered).length,
  };
}

function isLate({ id, version }: EventKey, newest: Map<string, number>): boolean {
  const before = newest.get(id) ?? -1;
  newest.set(id, Math.max(before, version));
  return version < before;
}
