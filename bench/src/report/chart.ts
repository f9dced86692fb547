import { escape } from '@ticketing/charts';
import type { CaseResult, CeilingResult, Spread } from '../rounds/result';
import { figure, isMet, range, wantedRatio } from './words';

const BAR = 14;
/** From a label's top to the top of its bar. */
const LABEL = 20;
const GAP = 14;
const RATIO = 17;
/** The longest bar ends here (%), so that its mark is visible. */
const FULL = 98;

export interface Chart {
  /** SVG without the `svg` around it; lengths to the right are in per cent, so that it fits every width. */
  readonly inside: string;
  readonly height: number;
}

/** Draws one case: ours as a bar with its extremes, then each ceiling with the mark that ours should reach. */
export function chartOf(one: CaseResult): Chart {
  const { ours, ceilings, unit } = one;
  const marks = ceilings.map(wantedFigure);
  const longest = Math.max(ours.max, ...ceilings.map((ceiling) => ceiling.figure.max), ...marks);
  const x = (value: number) => `${Math.round((longest > 0 ? value / longest : 0) * FULL * 100) / 100}%`;

  const parts = [barOf('ours', 'ours', ours, unit, 0, x), ...marks.map((value) => markOf(value, LABEL, x))];
  let y = LABEL + BAR + GAP;
  for (const ceiling of ceilings) {
    parts.push(
      barOf('ceiling', ceiling.name, ceiling.figure, unit, y, x),
      markOf(wantedFigure(ceiling), y + LABEL, x),
      ratioOf(one, ceiling, y + LABEL + BAR + RATIO),
    );
    y += LABEL + BAR + RATIO + GAP;
  }
  return { inside: parts.join('\n'), height: y - GAP + 6 };
}

/** What ours should reach for this ceiling, in the unit of the case. */
const wantedFigure = ({ figure: its, wanted }: CeilingResult) => its.median * wanted;

type Place = (value: number) => string;

function barOf(kind: 'ours' | 'ceiling', name: string, spread: Spread, unit: string, y: number, x: Place): string {
  const [top, middle] = [y + LABEL, y + LABEL + BAR / 2];
  const [from, to] = [x(spread.min), x(spread.max)];
  const title = `${name}: median ${figure(spread.median)} ${unit}, rounds ${range(spread)}`;
  const line = (x1: string, y1: number, x2: string, y2: number) =>
    `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
  return `<g class="${kind}"><title>${escape(title)}</title>
<text x="0" y="${y + 14}">${escape(name)}</text><text class="figure" x="100%" y="${y + 14}">${figure(spread.median)} ${escape(unit)}</text>
<rect class="bar" x="0" y="${top}" width="${x(spread.median)}" height="${BAR}" rx="2"/>
<g class="whisker">${line(from, middle, to, middle)}${line(from, middle - 4, from, middle + 4)}${line(to, middle - 4, to, middle + 4)}</g></g>`;
}

function markOf(value: number, top: number, x: Place): string {
  return `<line class="wanted" x1="${x(value)}" x2="${x(value)}" y1="${top - 3}" y2="${top + BAR + 3}"><title>wanted: ${figure(value)}</title></line>`;
}

function ratioOf(one: CaseResult, ceiling: CeilingResult, y: number): string {
  const met = isMet(one, ceiling);
  const ratio = `ratio ${figure(ceiling.ratio.median)} (${range(ceiling.ratio)}), wanted ${wantedRatio(one, ceiling)}: `;
  return `<text class="ratio" x="0" y="${y}">${ratio}<tspan class="${met ? 'good' : 'bad'}">${met ? 'met' : 'not met'}</tspan></text>`;
}
