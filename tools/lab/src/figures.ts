import { failuresOf } from './check';
import type { Judged, LabResult } from './lab';

/** All figures of a run as plain data: what `--json` prints. */
export function figuresOf(result: LabResult) {
  const { options, sources, results, stalls } = result;
  return {
    seed: options.seed,
    aggregates: options.aggregates,
    eventsEach: options.events,
    servers: sources,
    strategies: results.map(({ strategy, quiet, disorder }) => ({
      name: strategy.name,
      title: strategy.title,
      price: strategy.price,
      undisturbed: runFigures(quiet),
      disorder: runFigures(disorder),
    })),
    stall: stalls.map(({ strategy, ...figures }) => ({ name: strategy.name, ...figures })),
    failures: failuresOf(result),
  };
}

function runFigures({ judgement, disorder, speed, record, schedule }: Judged) {
  const { lostUpdates, doubleApplies, regressions, stuckAggregates, total, skipped, endedRight } = judgement;
  return {
    anomalies: {
      lostUpdates: lostUpdates.length,
      doubleApplies: doubleApplies.length,
      regressions: regressions.length,
      stuckAggregates: stuckAggregates.length,
      total,
    },
    skipped: skipped.length,
    endedRight,
    published: record.history.published.length,
    ...disorder,
    lostAcks: record.history.deliveries.filter(({ ackLost }) => ackLost).length,
    lateByPlan: schedule.publications.filter(({ why }) => why === 'late' || why === 'delayed').length,
    crashes: record.history.crashes.length,
    eventsPerSecond: speed?.eventsPerSecond ?? 0,
    p99LagMs: speed?.p99LagMs ?? null,
    tookMs: Math.round(record.tookMs),
  };
}
