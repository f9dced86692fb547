import type { Metrics } from '../metrics';
import type { ConsumerStores } from './consumer-stores';

/** No scrape reads more of a store than this. */
const MOST = 1_000;

/** Says before each scrape what waits in a consumer group's stores, and how long. Returns a function that ends it. */
export function consumerGauges(
  group: string,
  { parked, deadLetters }: Pick<ConsumerStores, 'parked' | 'deadLetters'>,
  metrics: Metrics,
): () => void {
  return metrics.beforeScrape(async () => {
    const [waiting, dead] = await Promise.all([parked.waitingSince(MOST), deadLetters.dead(group, MOST)]);
    const [oldest] = waiting;
    metrics.parkedEvents.set({ group }, waiting.length);
    metrics.parkedOldestAgeSeconds.set({ group }, oldest ? Math.max(0, Date.now() - oldest.getTime()) / 1_000 : 0);
    metrics.deadLetters.set({ group }, dead);
  });
}
