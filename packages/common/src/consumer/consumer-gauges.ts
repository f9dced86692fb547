import type { Subject } from '../events/contracts';
import { EVENT_OUTCOMES, type Metrics } from '../runtime/metrics';
import type { Broker } from '../broker/port';
import type { DatabaseGate } from './failures/database-gate';
import type { DeadLetterStore } from './failures/dead-letters';
import { type ReplicaDocuments, waitingIn } from './replica';
import type { WorkQueue } from './work-queue';

/** A scrape reads at most this many entries of a store. */
const MOST = 1_000;

/**
 * Sets gauges before each scrape: how much waits in a consumer group, and how long. Returns a function that ends it.
 */
export function consumerGauges(
  group: string,
  { deadLetters, replicas }: { readonly deadLetters: DeadLetterStore; readonly replicas: readonly ReplicaDocuments[] },
  metrics: Metrics,
): () => void {
  const parkedSince = async () => {
    const found = await Promise.all(replicas.map((documents) => waitingIn(documents).limit(MOST).toArray()));
    return found.flat().flatMap(({ parked }) => parked.map(({ at }) => at.getTime()));
  };
  return metrics.beforeScrape(async () => {
    const [waiting, dead] = await Promise.all([parkedSince(), deadLetters.dead(group, MOST)]);
    const now = Date.now();
    const oldest = waiting.reduce((least, at) => Math.min(least, at), now);
    metrics.parkedEvents.set({ group }, Math.min(MOST, waiting.length));
    metrics.parkedOldestAgeSeconds.set({ group }, (now - oldest) / 1_000);
    metrics.deadLetters.set({ group }, dead);
  });
}

/**
 * Sets gauges before each scrape: the unfinished messages of this process, and whether it makes progress. Returns a
 * function that ends it.
 */
export function flowGauges(
  group: string,
  { queue, gate }: { readonly queue: WorkQueue; readonly gate: DatabaseGate },
  metrics: Metrics,
): () => void {
  return metrics.beforeScrape(() => {
    const { waiting, running } = queue.size;
    metrics.consumerInHand.set({ group }, waiting + running);
    metrics.consumerStalledSeconds.set({ group }, queue.stalledMs / 1_000);
    metrics.consumerPaused.set({ group }, gate.isClosed ? 1 : 0);
  });
}

/**
 * Sets gauges before each scrape: whether the broker is connected, and safe. They work from now on, also while MongoDB
 * is away and nothing is consumed yet.
 */
export function brokerGauge(broker: Pick<Broker, 'isConnected' | 'unsafeBecause'>, metrics: Metrics): void {
  metrics.beforeScrape(() => {
    metrics.natsConnected.set(broker.isConnected() ? 1 : 0);
    metrics.brokerUnsafe.set(broker.unsafeBecause() === undefined ? 0 : 1);
  });
}

/**
 * Sets gauges before each scrape: what waits for the group at the broker, if the engine tells it. They keep their last
 * values while the broker is away. Returns a function that ends it.
 */
export function backlogGauges(
  broker: Pick<Broker, 'isConnected' | 'backlog'>,
  group: string,
  subjects: readonly Subject[],
  metrics: Metrics,
): () => void {
  return metrics.beforeScrape(async () => {
    if (!broker.isConnected()) return;
    const set = async (subject: Subject) => {
      const backlog = await broker.backlog(subject, group);
      if (!backlog) return;
      metrics.brokerPending.set({ group, subject }, backlog.pending);
      metrics.brokerUnacked.set({ group, subject }, backlog.unacked);
      metrics.brokerRedelivered.set({ group, subject }, backlog.redelivered);
    };
    await Promise.all(subjects.map(set));
  });
}

/** Makes the counters of these subjects begin at 0, because Prometheus sees no increase in one that begins at 1. */
export function countFromZero(subjects: readonly Subject[], { eventsConsumed, lostHistory }: Metrics): void {
  for (const subject of subjects) {
    lostHistory.inc({ subject }, 0);
    for (const outcome of EVENT_OUTCOMES) eventsConsumed.inc({ subject, outcome }, 0);
  }
}
