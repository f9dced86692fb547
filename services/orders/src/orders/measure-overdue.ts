import type { Metrics } from '@ticketing/common';
import type { OrderModel } from './order';

/** Sets a gauge before each scrape: how long ago the oldest active order should have expired. */
export function measureOverdue(Order: OrderModel, clock: () => Date, metrics: Metrics): void {
  metrics.beforeScrape(async () => {
    const now = clock();
    const due = Order.find({ status: 'created', expiresAt: { $lte: now } }, { expiresAt: 1 });
    const [oldest] = await due.sort({ expiresAt: 1 }).limit(1).lean();
    const seconds = oldest ? (now.getTime() - oldest.expiresAt.getTime()) / 1_000 : 0;
    metrics.expiryOverdueSeconds.set({ aggregate: 'order' }, seconds);
  });
}
