import { paint, table, visibleColoured } from '@ticketing/command-line';
import Table from 'cli-table3';
import type { BenchResult, CaseResult } from '../rounds/result';
import { aboutRun } from './about';
import { figure, isMet, range, wantedRatio } from './words';

/** With the borders 110 columns. */
const WIDTHS = [19, 21, 22, 12, 13, 9, 6];

/** A run for the terminal, at most 110 columns wide: each case and its ceilings, other figures, and problems. */
export function printTable(result: BenchResult): string {
  const lines = new Table({
    head: ['case', 'ours, median\nmin–max', 'ceiling', 'its\nmedian', 'ratio\nmin–max', 'wanted', 'met'],
    colAligns: ['left', 'right', 'left', 'right', 'right', 'right', 'left'],
    colWidths: WIDTHS,
    wordWrap: true,
    wrapOnWordBoundary: true,
    style: { head: [], border: [] },
  });
  for (const one of result.cases) lines.push(...rowsOf(one));
  return [
    ...aboutRun(result),
    '',
    lines.toString(),
    '',
    ...result.cases.flatMap(moreOf),
    ...result.cases.flatMap(({ name, broken }) => broken.map((what) => paint('red', `BROKEN: ${name}: ${what}`))),
    '',
  ].join('\n');
}

/** A row for each ceiling; a case without one also has a row. */
function rowsOf(one: CaseResult): string[][] {
  const { name, unit, better, ours, ceilings } = one;
  const lower = better === 'lower' ? '\n(lower is better)' : '';
  const mine = [name + lower, `${figure(ours.median)} ${unit}\n${range(ours)}`];
  if (ceilings.length === 0) return [[...mine, 'none', '', '', '', '']];
  return ceilings.map((ceiling, index) => {
    const { name: against, figure: its, ratio } = ceiling;
    const met = isMet(one, ceiling) ? paint('green', 'yes') : paint('red', 'NO');
    return [
      ...(index === 0 ? mine : ['', '']),
      ...[against, figure(its.median), `${figure(ratio.median)}\n${range(ratio)}`, wantedRatio(one, ceiling), met],
    ];
  });
}

/** What a case is, and what else was measured in it. */
function moreOf({ name, title, also }: CaseResult): string[] {
  const rows = Object.entries(also).map(([what, spread]) => [`  ${what}`, figure(spread.median), `(${range(spread)})`]);
  return [
    `${name}: ${title}`,
    ...(rows.length > 0 ? [table(['', '', ''], rows, visibleColoured).replace(/^\s*\n/, '')] : []),
    '',
  ];
}
