import { figure, range } from '../report';
import type { BenchResult, CaseResult, CeilingResult } from '../rounds/result';

/** A ratio that is worse by more than this is told. */
const TOLERATED = 0.1;

/** Of two versions: each ratio that both have in a line, and what one should look at. */
export interface Trend {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

/** Compares the ratios of a version with those of the one before. Figures are of their machine, and are not compared. */
export function trendOf(before: BenchResult, now: BenchResult): Trend {
  const where = ({ machine, servers }: BenchResult) =>
    `${machine.cpus} CPUs (${machine.model}), Node ${machine.node}, ${servers.mongo}, ${servers.broker}`;
  const elsewhere = where(before) === where(now) ? [] : [`${before.version} was measured on: ${where(before)}`];
  const trend: { lines: string[]; warnings: string[] } = { lines: [], warnings: elsewhere };
  for (const one of before.cases) {
    for (const ceiling of one.ceilings) {
      const name = `${one.name}, ${ceiling.name}`;
      const again = now.cases.find((other) => other.name === one.name);
      const other = again?.ceilings.find((its) => its.name === ceiling.name);
      if (!other) {
        trend.warnings.push(`${name}: was not measured again`);
        continue;
      }
      const change = `${shown(ceiling)} in ${before.version}, ${shown(other)} in ${now.version}`;
      trend.lines.push(`${name}: ${change}`);
      const worse = worseBy(one, ceiling, other);
      if (worse > TOLERATED) trend.warnings.push(`${name}: ${Math.round(100 * worse)} % worse: ${change}`);
    }
  }
  return trend;
}

const shown = ({ ratio }: CeilingResult) => `${figure(ratio.median)} (${range(ratio)})`;

/** As a fraction; below 0 it is better. */
function worseBy({ better }: CaseResult, before: CeilingResult, now: CeilingResult): number {
  const change = now.ratio.median / before.ratio.median - 1;
  return better === 'higher' ? -change : change;
}
