import type { BenchResult, CaseResult, CeilingResult, Spread } from '../rounds/result';

/** Nothing here was measured: the figures are invented, to have something to draw. */
export function madeUpResult(): BenchResult {
  return {
    at: '2001-02-03T04:05:06.000Z',
    quick: true,
    ...{ version: '1.2.3', commit: 'abc1234' },
    machine: { cpus: 2, model: 'Made-up <CPU> & Co', memoryGiB: 7.7, node: 'v20.19.0' },
    servers: { mongo: 'made-up MongoDB', broker: 'NATS Streaming', nats: 'made-up NATS Streaming' },
    cases: [
      caseOf(
        'create',
        800,
        [
          ceiling('insert, no event', 1000, 0.8, { 'lost & <gone>': 7, 'latency p50 (ms)': 2 }),
          ceiling('insert & <publish>', 900, 0.95),
        ],
        {
          also: { 'latency p50 (ms)': around(3), 'latency p99 (ms)': around(21), 'memory (MiB)': around(140) },
          atMost: { 'latency p99 (ms)': 20, 'memory (MiB)': 150 },
        },
      ),
      caseOf('update', 640, [ceiling('update, no event', 1000, 0.7)]),
      caseOf('read', 2900, [ceiling('find by id', 3000, 0.9)]),
      caseOf('relay', 5000, [ceiling('publish only', 12_500, 0.3), ceiling('publish, one by one', 4000, 1)], {
        unit: 'events/s',
      }),
      caseOf('consume', 1200, [ceiling('ack only', 6000, 0.25)], {
        unit: 'events/s',
        broken: ['3 events were <lost> & never came again'],
      }),
      caseOf('lag', 30, [ceiling('publish and receive', 20, 2)], { unit: 'ms', better: 'lower' }),
      caseOf('restart', 900, [ceiling('an empty process', 300, 2)], { unit: 'ms', better: 'lower' }),
    ],
  };
}

function caseOf(name: string, ours: number, ceilings: CeilingOf[], rest: Partial<CaseResult> = {}): CaseResult {
  const [unit, title] = ['requests/s', `What ${name} does, in one line, with 20 connections`];
  const fixed = { name, title, unit, better: 'higher', rounds: 5, also: {}, atMost: {}, broken: [] } as const;
  return { ...fixed, ours: around(ours), ceilings: ceilings.map((one) => one(ours)), ...rest };
}

type CeilingOf = (ours: number) => CeilingResult;

function ceiling(name: string, median: number, wanted: number, more: Record<string, number> = {}): CeilingOf {
  const also = Object.fromEntries(Object.entries(more).map(([what, value]) => [what, around(value)]));
  return (ours) => ({ name, figure: around(median), ratio: around(ours / median), wanted, also });
}

const around = (median: number): Spread => ({ median, min: median * 0.9, max: median * 1.25 });
