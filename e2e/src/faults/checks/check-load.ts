import type { AuditReport, Promised } from '@ticketing/operate';
import type { Counters } from '../../system/counters.helper';
import type { Answered } from '../../system/mixed-load.helper';
import { describeFault, type Happened } from '../schedule';
import type { Problem } from './check-answers';

/** What was asked of the system during the faults, and what became of it. */
export interface Load {
  readonly answers: readonly Answered[];
  readonly promises: readonly Promised[];
  /** When payments were told (ms since 1970). */
  readonly paymentsAt: readonly number[];
  /** How many payments completed an order (`complete`), and how many were refused, by reason. */
  readonly ends: Counters;
}

/** A fault without load proves nothing, and neither does an audit that compared nothing. */
export function checkLoad(load: Load, { compared }: AuditReport, happened: readonly Happened[]): Problem[] {
  const { answers, promises, paymentsAt, ends } = load;
  const during = (times: readonly number[], { from, to }: Happened) => times.some((at) => at >= from && at <= to);
  const idle = happened.filter(({ from, to }) => !answers.some(({ at, ms }) => at <= to && at + ms >= from));
  const enough = Object.values(compared).every((number) => number > 0) && compared.promises === promises.length;
  const { complete = 0, ...refused } = ends;
  return [
    ...idle.map(({ fault }) => `no request was under way during ${describeFault(fault)}`),
    ...(enough ? [] : [`hardly anything was compared: ${JSON.stringify(compared)}`]),
    ...(happened.some((one) => during(paymentsAt, one)) ? [] : ['no payment was told during a fault']),
    ...(complete > 0 && Object.keys(refused).length > 1 ? [] : [`hardly a payment ended: ${JSON.stringify(ends)}`]),
  ].map((message) => ({ message }));
}
