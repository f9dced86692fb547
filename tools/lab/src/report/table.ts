import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { LabResult, StrategyResult } from '../run/lab';
import type { StallResult } from '../run/stall';

type Style = Parameters<typeof styleText>[0];

/** The result for people. @param colour only on a terminal */
export function tableOf({ options, results, stalls }: LabResult, colour: boolean): string {
  const paint = (style: Style, text: string | number) =>
    colour ? styleText(style, String(text), { validateStream: false }) : String(text);
  const bad = (count: number) => (count === 0 ? paint('dim', '0') : paint('red', count));
  const { seed, aggregates, events } = options;

  const table = new Table({
    head: [
      ...['strategy', 'quiet\nok', 'lost\nupdates', 'double\napplies', 'regres-\nsions', 'stuck', 'ended\nright'],
      ...['skipped', 'events/s\nquiet', 'events/s\ndisorder', 'p99 lag\nms'],
    ],
    colAligns: ['left', 'left', ...Array.from({ length: 9 }, () => 'right' as const)],
    style: { head: colour ? ['bold'] : [], border: colour ? ['grey'] : [], compact: true },
  });
  for (const { strategy, quiet, disorder } of results) {
    const { lostUpdates, doubleApplies, regressions, stuckAggregates, endedRight, skipped, total } = disorder.judgement;
    table.push([
      paint(total === 0 ? 'green' : 'yellow', strategy.name),
      quiet.judgement.total === 0 ? 'yes' : paint('red', 'NO'),
      ...[lostUpdates, doubleApplies, regressions, stuckAggregates].map(({ length }) => bad(length)),
      paint(endedRight === aggregates ? 'green' : 'red', `${endedRight}/${aggregates}`),
      skipped.length,
      quiet.speed?.eventsPerSecond ?? '-',
      disorder.speed?.eventsPerSecond ?? '-',
      disorder.speed?.p99LagMs ?? '-',
    ]);
  }
  return [
    `Seed ${seed}: ${aggregates} tickets with ${events} events each, under disorder. ${seen(results)}`,
    table.toString(),
    ...results.map(({ strategy }) => `${strategy.name.padEnd(18)}${strategy.price}`),
    '',
    ...stalls.map(stallLine),
    '',
  ].join('\n');
}

/** The least that any strategy saw, so every strategy saw at least this much disorder. */
function seen(results: readonly StrategyResult[]): string {
  const least = (count: (result: StrategyResult) => number) => Math.min(...results.map(count));
  const reordered = least(({ disorder }) => disorder.disorder.reordered);
  const duplicated = least(({ disorder }) => disorder.disorder.duplicated);
  const redelivered = least(({ disorder }) => disorder.disorder.redelivered);
  const crashes = least(({ disorder }) => disorder.record.history.crashes.length);
  return (
    `Each strategy saw at least ${reordered} reordered and ${duplicated} duplicated events, ` +
    `${redelivered} redeliveries and ${crashes} crash.`
  );
}

/** What the gap longer than maxInFlight did to one strategy, in a sentence. */
export function stallLine({ strategy, maxInFlight, ahead, ...result }: StallResult): string {
  const { stalled, patienceMs, tookMs, deliveries, redelivered, predecessors } = result;
  const what = `${strategy.name}, ${ahead} successors ahead of their predecessors, maxInFlight ${maxInFlight}, one member`;
  return stalled
    ? `${what}: STALLED. Nothing was acked in ${patienceMs} ms; ${redelivered} redeliveries, ${predecessors} predecessors delivered.`
    : `${what}: done in ${tookMs} ms with ${deliveries} deliveries.`;
}
