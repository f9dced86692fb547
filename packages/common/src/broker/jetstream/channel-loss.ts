import type { Loss, Position } from '../port';

/**
 * See `Broker.lossBetween`. The store is the stream, named by the time of its creation; a position of another engine
 * has none. Sequences ascend with holes, because all channels share one stream. So only one thing shows here: a lower
 * sequence that was stored later.
 */
export function lossBetween(reached: Position | undefined, offered: Position): Loss | undefined {
  if (!reached) return undefined;
  if (isOtherStore(reached, offered.store)) return { kind: 'new-store', offered };
  if (offered.sequence > reached.sequence || offered.storedAt <= reached.storedAt) return undefined;
  return { kind: 'twice', offered };
}

/** Whether the position is one of another store than this. */
export function isOtherStore(position: Position, store: string | undefined): boolean {
  return store !== undefined && position.store !== store;
}
