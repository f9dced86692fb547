import { failuresOf } from './check';
import type { Judged, LabResult } from '../run/lab';
import type { Publication } from '../story/schedule';

/** All figures of a run as plain data, for `--json`. */
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
  const planned = (reason: Publication['why']) => schedule.publications.filter(({ why }) => why === reason).length;
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
    published: {
      ...{ total: record.history.published.length, late: planned('late'), delayed: planned('delayed') },
      copies: planned('copy'),
    },
    ...disorder,
    lostAcks: record.history.deliveries.filter(({ ackLost }) => ackLost).length,
    crashes: record.history.crashes.length,
    eventsPerSecond: speed?.eventsPerSecond ?? 0,
    p99LagMs: speed?.p99LagMs ?? null,
    tookMs: Math.round(record.tookMs),
  };
}
