/** What a consumer does with an event of version `n` when it has version `v` of the aggregate (undefined: it has nothing). */
export type Decision = 'seen' | 'next' | 'gap';

/** The rule of versions: `n <= v` was seen, `n = v + 1` is next, anything later leaves a gap. The first version is 0. */
export function decide(v: number | undefined, n: number): Decision {
  const have = v ?? -1;
  if (n <= have) return 'seen';
  return n === have + 1 ? 'next' : 'gap';
}

/**
 * Which version a replica must be at for a write to happen. `exactly`: that version, or undefined for "there is none yet".
 * `below`: any lower version, or none; for events that are applied as the whole state that they are.
 */
export type Expected = { readonly exactly: number | undefined } | { readonly below: number };

/** A consumer's copy of somebody else's aggregates, kept in the order of their versions. */
export interface Replica<E> {
  /**
   * The version it has, or undefined when it has none, as no failover takes it back: "seen" leads to an ack. Reads its own
   * writes.
   */
  versionOf(aggregateId: string): Promise<number | undefined>;
  /**
   * Writes the event's whole state and version in one atomic write, if the replica is as expected.
   * Returns whether it wrote; false means somebody else was there first. Throws when the write failed.
   */
  apply(event: E, expected: Expected): Promise<boolean>;
}
