import type { JetStreamManager } from '@nats-io/jetstream';
import { STREAM } from './names';

/** The server answers with each of them, so a stream with more of them is not asked which they are. */
const MOST_DELETED = 10_000;

/**
 * The first and last message between these sequences that the stream no longer has; undefined when it has all. All
 * channels share the stream, so these may have been messages of other channels, which nobody can tell afterwards. By
 * default the stream removes nothing. Where it has removed more than 10,000 from its middle, only its beginning counts.
 */
export async function removedBetween(
  manager: JetStreamManager,
  from: number,
  to: number,
): Promise<{ readonly from: number; readonly to: number } | undefined> {
  if (from > to) return undefined;
  const { state } = await manager.streams.info(STREAM);
  const deleted = state.num_deleted ?? 0;
  const inside = deleted > 0 && deleted <= MOST_DELETED ? await deletedOnes(manager) : [];
  const removed = inside.filter((sequence) => sequence >= from && sequence <= to);
  if (state.first_seq > from) removed.push(from, Math.min(to, state.first_seq - 1));
  if (removed.length === 0) return undefined;
  const ascending = removed.sort((one, other) => one - other);
  return { from: ascending[0] ?? from, to: ascending.at(-1) ?? to };
}

async function deletedOnes(manager: JetStreamManager): Promise<number[]> {
  const { state } = await manager.streams.info(STREAM, { deleted_details: true });
  return state.deleted ?? [];
}
