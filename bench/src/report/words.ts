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

/** Whether a case meets its ratios, and whether anything broke. */
export function verdictOf(one: CaseResult): { readonly good: boolean; readonly words: string } {
  const met = one.ceilings.filter((ceiling) => isMet(one, ceiling)).length;
  const all = one.ceilings.length;
  const words = all === 0 ? 'no ceiling' : met === all ? 'met' : met === 0 ? 'not met' : `${met} of ${all} met`;
  const broken = one.broken.length > 0;
  return { good: met === all && !broken, words: broken ? `broken, ${words}` : words };
}
