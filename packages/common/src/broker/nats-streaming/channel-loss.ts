import type { Loss, Position } from '../port';

/**
 * See `Broker.lossBetween`. It uses two facts about this server: the sequences of a channel have no holes, and in a new
 * store they begin at 1 again, with later times.
 */
export function lossBetween(reached: Position | undefined, offered: Position): Loss | undefined {
  const had = reached?.sequence ?? 0;
  if (reached && offered.sequence <= had && offered.storedAt > reached.storedAt) {
    return { kind: offered.sequence === had && had > 1 ? 'twice' : 'new-store', offered };
  }
  if (offered.sequence > had + 1) return { kind: 'lost', from: had + 1, to: offered.sequence - 1, offered };
  return undefined;
}
