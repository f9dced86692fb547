import type { CaseResult, CeilingResult, Spread } from '../rounds/result';

const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** A figure with three significant digits: more would be noise. */
export const figure = (value: number): string => NUMBER.format(value);

/** Such as `790–812`; one figure when nothing spreads. */
export function range({ min, max }: Spread): string {
  return figure(min) === figure(max) ? figure(min) : `${figure(min)}–${figure(max)}`;
}

/** Whether the median ratio meets the goal: for a rate at least, for a latency at most this. */
export function isMet({ better }: CaseResult, { ratio, wanted }: CeilingResult): boolean {
  return better === 'higher' ? ratio.median >= wanted : ratio.median <= wanted;
}

/** Such as `≥ 0.8`. */
export function wantedRatio({ better }: CaseResult, { wanted }: CeilingResult): string {
  return `${better === 'higher' ? '≥' : '≤'} ${figure(wanted)}`;
}

/** A goal for one figure of ours, and whether its median meets it. */
export interface Limit {
  readonly name: string;
  readonly spread: Spread;
  /** Such as `≤ 150`. */
  readonly wanted: string;
  readonly met: boolean;
}

/** The goals of a case besides those for its ratios. What was not measured is not met. */
export function limitsOf({ atMost, also }: CaseResult): Limit[] {
  return Object.entries(atMost).map(([name, most]) => {
    const spread = also[name] ?? { median: NaN, min: NaN, max: NaN };
    return { name, spread, wanted: `≤ ${figure(most)}`, met: spread.median <= most };
  });
}

/** Whether a case meets its goals, and whether anything broke. */
export function verdictOf(one: CaseResult): { readonly good: boolean; readonly words: string } {
  const goals = [...one.ceilings.map((ceiling) => isMet(one, ceiling)), ...limitsOf(one).map(({ met }) => met)];
  const [met, all] = [goals.filter(Boolean).length, goals.length];
  const words = all === 0 ? 'no goal' : met === all ? 'met' : met === 0 ? 'not met' : `${met} of ${all} met`;
  const broken = one.broken.length > 0;
  return { good: met === all && !broken, words: broken ? `broken, ${words}` : words };
}

/** What else was measured: for each name the figures of ours and of each ceiling, where there are some. */
export function alsoOf({
  also,
  ceilings,
}: CaseResult): { readonly name: string; readonly of: (Spread | undefined)[] }[] {
  const sides = [also, ...ceilings.map((ceiling) => ceiling.also)];
  const names = new Set(sides.flatMap((side) => Object.keys(side)));
  return [...names].map((name) => ({ name, of: sides.map((side) => side[name]) }));
}
