import type { LabResult, StrategyResult } from '../run/lab';
import { lookUpPrevious } from '../strategies/look-up-previous';
import { naive } from '../strategies/naive';
import { versioned } from '../strategies/versioned';

/** The reasons why the run does not show what it should, in sentences; empty when it does. Pure. */
export function failuresOf({ results, stalls }: Pick<LabResult, 'results' | 'stalls'>): string[] {
  return [
    ...results.flatMap(failuresOfStrategy),
    ...stalls.flatMap(({ strategy, stalled }) => {
      if (strategy === versioned && stalled) return ['versioned stalled behind a gap longer than maxInFlight'];
      if (strategy === lookUpPrevious && !stalled) return ['too weak: the gap did not stall look-up-previous'];
      return [];
    }),
  ];
}

function failuresOfStrategy({ strategy, quiet, disorder }: StrategyResult): string[] {
  const failures: string[] = [];
  const { name } = strategy;
  if (quiet.judgement.total > 0) {
    failures.push(`${name} has ${quiet.judgement.total} anomalies on the undisturbed schedule: it is a straw man`);
  }
  for (const kind of ['reordered', 'duplicated', 'redelivered'] as const) {
    if (disorder.disorder[kind] === 0) {
      failures.push(`too weak: no event was ${kind} in the history of ${name} under disorder`);
    }
  }
  const { total } = disorder.judgement;
  if (strategy === versioned && total > 0) failures.push(`versioned has ${total} anomalies under disorder`);
  if (strategy === naive && total === 0) failures.push('too weak: naive has no anomaly under disorder');
  return failures;
}
