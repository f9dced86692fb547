/** What a consumer does with an event of version `n` when it has version `v` of the aggregate (undefined: it has nothing). */
export type Decision = 'seen' | 'next' | 'gap';

/** The rule of versions: `n <= v` was seen, `n = v + 1` is next, anything later leaves a gap. The first version is 0. */
export function decide(v: number | undefined, n: number): Decision {
  const have = v ?? -1;
  if (n <= have) return 'seen';
  return n === have + 1 ? 'next' : 'gap';
}
