import { escape } from '@ticketing/charts';
import type { LabResult } from '../run/lab';
import { naive } from '../strategies/naive';
import { versioned } from '../strategies/versioned';
import { chartOf } from './chart';
import { mostTelling, verdictOf } from './page';
import { roomFor } from './room';
import { PICTURE_COLOURS, STYLE } from './style';
import { timelineOf } from './timeline';

const HEAD = 34;
const BETWEEN = 18;

/** The charts of the page's beginning as one picture for a document. It has no background, and is readable on white and on dark. */
export function pictureOf(result: LabResult): string {
  const { story, results } = result;
  const id = mostTelling(result);
  const charts = [naive, versioned].flatMap((strategy) => {
    const found = results.find((one) => one.strategy === strategy);
    return found ? [{ strategy, timeline: timelineOf(story, found.disorder, id) }] : [];
  });
  const room = roomFor(charts.map(({ timeline }) => timeline));
  const parts: string[] = [];
  let [y, width] = [0, 1];
  for (const { strategy, timeline } of charts) {
    const chart = chartOf(timeline, strategy.title, room);
    const [, wide = '1', high = '1'] = /viewBox="0 0 (\d+(?:\.\d+)?) (\d+)"/.exec(chart) ?? [];
    const verdict = `<tspan class="${timeline.right ? 'good' : 'bad'}">${escape(verdictOf(timeline))}</tspan>`;
    parts.push(`<text class="name" x="0" y="${y + 16}">${escape(strategy.title)}: ${verdict}</text>`);
    parts.push(`<g transform="translate(0 ${y + HEAD})">${chart}</g>`);
    y += HEAD + Number(high) + BETWEEN;
    width = Math.max(width, Math.ceil(Number(wide)));
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img">
<title>The same events under two strategies</title>
<style>${PICTURE_COLOURS}${STYLE}</style>
${parts.join('\n')}
</svg>
`;
}
