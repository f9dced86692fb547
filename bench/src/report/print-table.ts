import { paint } from '@ticketing/command-line';
import Table from 'cli-table3';
import type { BenchResult, CaseResult, Spread } from '../rounds/result';
import { aboutRun } from './about';
import { alsoOf, figure, isMet, limitsOf, range, wantedRatio } from './words';

/** With the borders 110 columns. */
const WIDTHS = [19, 21, 22, 12, 13, 9, 6];
/** Of what else was measured: its name, then ours and each ceiling; with three ceilings 110 columns. */
const ALSO_WIDTHS = [28, 18, 18, 19, 21];

/** A run for the terminal, at most 110 columns wide: each case and its ceilings, other figures, and problems. */
export function printTable(result: BenchResult): string {
  const head = ['case', 'ours, median\nmin–max', 'ceiling', 'its\nmedian', 'ratio\nmin–max', 'wanted', 'met'];
  const aligns = ['left', 'right', 'left', 'right', 'right', 'right', 'left'] as const;
  return [
    ...aboutRun(result),
    '',
    framed(head, aligns, WIDTHS, result.cases.flatMap(rowsOf)),
    '',
    ...result.cases.flatMap(moreOf),
    ...result.cases.flatMap(({ name, broken }) => broken.map((what) => paint('red', `BROKEN: ${name}: ${what}`))),
    '',
  ].join('\n');
}

type Aligns = readonly ('left' | 'right')[];

function framed(
  head: readonly string[],
  aligns: Aligns,
  widths: readonly number[],
  rows: string[][],
  compact = false,
): string {
  const lines = new Table({
    ...{ head: [...head], colAligns: [...aligns], colWidths: [...widths] },
    ...{ wordWrap: true, wrapOnWordBoundary: true, style: { head: [], border: [], compact } },
  });
  lines.push(...rows);
  return lines.toString();
}

/** A row for each goal: each ceiling, then each figure of ours that has one. A case without any also has a row. */
function rowsOf(one: CaseResult): string[][] {
  const { name, unit, better, ours, ceilings } = one;
  const lower = better === 'lower' ? '\n(lower is better)' : '';
  const mine = [name + lower, `${figure(ours.median)} ${unit}\n${range(ours)}`];
  const against = ceilings.map((ceiling) => [
    ...[ceiling.name, figure(ceiling.figure.median), `${figure(ceiling.ratio.median)}\n${range(ceiling.ratio)}`],
    ...[wantedRatio(one, ceiling), yesOrNo(isMet(one, ceiling))],
  ]);
  const [first = ['none', '', '', '', ''], ...others] = against;
  const limits = limitsOf(one).map(({ name: what, spread, wanted, met }) => [
    ...['', `${figure(spread.median)}\n${range(spread)}`, what, '', '', wanted, yesOrNo(met)],
  ]);
  return [[...mine, ...first], ...others.map((row) => ['', '', ...row]), ...limits];
}

const yesOrNo = (met: boolean) => (met ? paint('green', 'yes') : paint('red', 'NO'));

/** What a case is, and what else was measured in it: of ours, and of each ceiling. */
function moreOf(one: CaseResult): string[] {
  const { name, title, ceilings } = one;
  const cell = (spread: Spread | undefined) => {
    if (!spread) return '';
    const [median, around] = [figure(spread.median), range(spread)];
    return median === around ? median : `${median} (${around})`;
  };
  const rows = alsoOf(one).map(({ name: what, of }) => [what, ...of.map(cell)]);
  const head = ['', 'ours', ...ceilings.map((ceiling) => ceiling.name)];
  const aligns = head.map((_, column) => (column === 0 ? 'left' : 'right'));
  const widths = ALSO_WIDTHS.slice(0, head.length);
  return [`${name}: ${title}`, ...(rows.length > 0 ? [framed(head, aligns, widths, rows, true)] : []), ''];
}
