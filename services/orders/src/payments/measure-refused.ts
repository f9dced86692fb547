import { type Metrics, refusalReasons } from '@ticketing/common';
import type { RefusalModel } from './refusal';

const HOUR_MS = 3_600_000;
/** A scrape reads at most this many refusals. */
const MOST = 1_000;

/**
 * Sets a gauge before each scrape: the payments that were refused within the last hour, by reason. It counts what is
 * stored, so that none is missed when the process that refused it dies.
 */
export function measureRefused(Refusal: RefusalModel, metrics: Metrics): void {
  metrics.beforeScrape(async () => {
    const recent = Refusal.find({ updatedAt: { $gte: new Date(Date.now() - HOUR_MS) } }, { reason: 1 });
    const refusals = await recent.sort({ updatedAt: -1 }).limit(MOST).lean();
    for (const reason of refusalReasons) {
      metrics.paymentsRefused.set({ reason }, refusals.filter((refusal) => refusal.reason === reason).length);
    }
  });
}
