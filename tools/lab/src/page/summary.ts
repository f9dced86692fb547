import { escape, tableOf } from '@ticketing/charts';
import type { LabResult } from '../run/lab';
import { stallLine } from '../report/table';

const HEADS = [
  ...['Strategy', 'Lost updates', 'Double applies', 'Regres&shy;sions', 'Stuck', 'Ended right', 'Skipped states'],
  ...['Events/s, quiet', 'Events/s, disorder', 'p99 lag, ms', 'What it costs'],
];

/** The table of all strategies under disorder, and which of them stalled. */
export function summaryOf({ options, results, stalls }: LabResult): string {
  const cell = (text: string | number, kind = '') => `<td${kind && ` class="${kind}"`}>${text}</td>`;
  const rows = results.map(({ strategy, quiet, disorder }) => {
    const { lostUpdates, doubleApplies, regressions, stuckAggregates, endedRight, skipped } = disorder.judgement;
    return [
      `<tr><th scope="row">${escape(strategy.title)}</th>`,
      ...[lostUpdates, doubleApplies, regressions, stuckAggregates].map(({ length }) =>
        cell(length, length === 0 ? 'zero' : 'some'),
      ),
      cell(`${endedRight}/${options.aggregates}`, endedRight === options.aggregates ? 'good' : 'some'),
      cell(skipped.length, skipped.length === 0 ? 'zero' : ''),
      ...[quiet.speed?.eventsPerSecond, disorder.speed?.eventsPerSecond, disorder.speed?.p99LagMs].map((figure) =>
        cell(figure ?? '–'),
      ),
      cell(escape(strategy.price)),
      '</tr>',
    ].join('');
  });
  const stalled = stalls.map((one) => `<p class="soft">${escape(stallLine(one))}</p>`).join('\n');
  return `${tableOf(HEADS, rows)}
${stalled}`;
}
