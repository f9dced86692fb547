import { disorderOf } from '../judge/disorder';
import type { RunRecord } from '../story/history';
import { judge } from '../judge/judge';
import type { Judged, LabResult } from './lab';
import { oneTicket } from './run.test.helper';
import { quietSchedule } from '../story/schedule';
import { speedOf } from '../judge/speed';
import { naive } from '../strategies/naive';
import { versioned } from '../strategies/versioned';

/**
 * A result made by hand: one ticket with four events. Version 2 came before version 1, and version 1 came twice. The
 * naive strategy went back and applied it twice; the versioned one did not.
 */
export function handmadeResult(): LabResult {
  const { story, delivery, record, price, id } = oneTicket(4);
  const deliveries = () =>
    [0, 2, 1, 1, 3].map((version, index) => delivery(version, { sequence: index + 1, at: 100 * index }));
  const judged = (run: RunRecord): Judged => ({
    schedule: quietSchedule(story),
    record: { ...run, history: { ...run.history, crashes: [{ member: 'A', at: 250 }] } },
    judgement: judge(story, run),
    disorder: disorderOf(run.history),
    speed: speedOf(story, run),
  });
  const wrong = [0, 2, 1, 1, 3].map((version, index) => ({ version, basedOn: index, at: 100 * index + 1 }));
  const right = [
    [0, 0],
    [1, 200],
    [2, 200],
    [3, 400],
  ].map(([version = 0, at = 0]) => ({ version, at: at + 1 }));
  const quiet = judged(record(right, deliveries(), price(0, 1, 2, 3)));
  return {
    options: { seed: 1, aggregates: 1, events: 4, strategies: [naive, versioned] },
    sources: { mongo: 'a <real> one', broker: 'NATS Streaming', nats: 'another' },
    story: { ...story, tickets: story.tickets.filter((ticket) => ticket.id === id) },
    results: [
      { strategy: naive, quiet, disorder: judged(record(wrong, deliveries(), price(0, 2, 1, 1, 3))) },
      { strategy: versioned, quiet, disorder: quiet },
    ],
    stalls: [
      {
        ...{ strategy: versioned, maxInFlight: 8, ahead: 12, stalled: false, patienceMs: 3_500, tookMs: 120 },
        ...{ deliveries: 24, redelivered: 0, predecessors: 12 },
      },
    ],
  };
}
