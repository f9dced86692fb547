import { escape } from '@ticketing/charts';
import type { BenchResult, CaseResult } from '../rounds/result';
import { chartOf } from './chart';
import { CHART_STYLE, PICTURE_COLOURS } from './style';

const WIDTH = 760;
const HEAD = 48;
const BETWEEN = 22;

/**
 * The charts of all cases as one picture for a document. It has no background, and is readable on white and on dark.
 */
export function svg({ cases }: BenchResult): string {
  const parts: string[] = [];
  let y = 0;
  for (const one of cases) {
    const { inside, height } = chartOf(one);
    parts.push(
      headOf(one, y),
      `<svg x="1" y="${y + HEAD}" width="${WIDTH - 2}" height="${height}">\n${inside}\n</svg>`,
    );
    y += HEAD + height + BETWEEN;
  }
  const height = Math.max(1, y);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>Ours and its ceilings</title>
<style>${PICTURE_COLOURS}${CHART_STYLE}.name { font-size: 15px; font-weight: 700; } .what { fill: var(--soft); }</style>
${parts.join('\n')}
</svg>
`;
}

function headOf({ name, title, better }: CaseResult, y: number): string {
  const lower = better === 'lower' ? ' <tspan>Lower is better.</tspan>' : '';
  return `<text class="name" x="0" y="${y + 17}">${escape(name)}</text><text class="what" x="0" y="${y + 36}">${escape(title)}${lower}</text>`;
}
