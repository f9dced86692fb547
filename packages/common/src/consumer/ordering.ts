/** How a consumer with version `v` of an aggregate (undefined: none) treats an event of version `n`. */
export type Decision = 'seen' | 'next' | 'gap';

/**
 * The rule of versions: `n <= v` was seen, `n = v + 1` is next, and a later one leaves a gap. The first version is 0.
 */
export function decide(v: number | undefined, n: number): Decision {
  const have = v ?? -1;
  if (n <= have) return 'seen';
  return n === have + 1 ? 'next' : 'gap';
}
