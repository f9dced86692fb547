import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { type ResourceMetrics, resourceMetrics } from './resource-metrics';
import { within } from './retry';

/** The outcome of one delivered event. */
export const EVENT_OUTCOMES = [
  ...(['applied', 'seen', 'parked', 'skipped'] as const),
  ...(['failed', 'postponed', 'dead-lettered', 'let-go'] as const),
] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

/** Why a publish failed: the broker was away, did not answer in time, or refused. */
export const PUBLISH_FAILURE_REASONS = ['not-connected', 'no-answer', 'refused', 'other'] as const;
export type PublishFailureReason = (typeof PUBLISH_FAILURE_REASONS)[number];

export interface Metrics extends ResourceMetrics {
  readonly eventsPublished: Counter<'subject'>;
  /** `reason` is a PublishFailureReason. A failed event is published again, so one event can fail several times. */
  readonly publishFailures: Counter<'subject' | 'reason'>;
  /** `outcome` is an EventOutcome. */
  readonly eventsConsumed: Counter<'subject' | 'outcome'>;
  /** Time from recording an event to applying it, in seconds; by the clocks of two machines. */
  readonly eventLag: Histogram<'subject'>;
  /** Snapshots of the periodic re-emission. */
  readonly reEmitted: Counter<'aggregate'>;
  /** How often a channel no longer held events that this service had not seen. */
  readonly lostHistory: Counter<'subject'>;
  readonly outboxPending: Gauge<'aggregate'>;
  readonly outboxOldestAgeSeconds: Gauge<'aggregate'>;
  /** Per consumer group, up to 1,000. All its processes report the same value: take the maximum, not the sum. */
  readonly parkedEvents: Gauge<'group'>;
  readonly parkedOldestAgeSeconds: Gauge<'group'>;
  readonly deadLetters: Gauge<'group'>;
  /** In seconds. `route` is the pattern of a route, not a path. */
  readonly httpRequestDuration: Histogram<'method' | 'route' | 'status'>;
  /**
   * Calls `refresh` before each scrape, to set gauges. A scrape waits at most one second for it, and its failure does
   * not fail the scrape: failures and delays are counted. A refresh that still runs is not started again. Returns a
   * function that ends it.
   */
  beforeScrape(refresh: () => Promise<void> | void): () => void;
  /** All metrics as text in the Prometheus format, refreshed. A refresh cannot make it reject. */
  scrape(): Promise<string>;
  readonly contentType: string;
}

const REFRESH_PATIENCE_MS = 1_000;

/** The metrics of one service in a registry of their own, each labelled `service`, with those of the Node process. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const scrapeTroubles = new Counter({
    name: 'ticketing_scrape_refresh_troubles_total',
    help: 'Gauge refreshes before a scrape that failed or took longer than a second',
    registers,
  });
  const refreshers = new Set<() => Promise<void>>();

  return {
    ...eventMetrics(registers),
    ...resourceMetrics(registers),
    httpRequestDuration: new Histogram({
      name: 'ticketing_http_request_duration_seconds',
      help: 'Duration of HTTP requests by route pattern',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    beforeScrape(refresh) {
      const refresher = onceAtATime(refresh);
      refreshers.add(refresher);
      return () => refreshers.delete(refresher);
    },
    async scrape() {
      const trouble = (): void => scrapeTroubles.inc();
      await Promise.all([...refreshers].map((refresher) => patiently(refresher, trouble)));
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

type EventMetrics = Omit<
  Metrics,
  'httpRequestDuration' | 'beforeScrape' | 'scrape' | 'contentType' | keyof ResourceMetrics
>;

function eventMetrics(registers: Registry[]): EventMetrics {
  return {
    eventsPublished: new Counter({
      name: 'ticketing_events_published_total',
      help: 'Events that the broker acknowledged',
      labelNames: ['subject'],
      registers,
    }),
    publishFailures: new Counter({
      name: 'ticketing_publish_failures_total',
      help: `Publishes that failed, by reason: ${PUBLISH_FAILURE_REASONS.join(', ')}`,
      labelNames: ['subject', 'reason'],
      registers,
    }),
    eventsConsumed: new Counter({
      name: 'ticketing_events_consumed_total',
      help: `Delivered events by outcome: ${EVENT_OUTCOMES.join(', ')}`,
      labelNames: ['subject', 'outcome'],
      registers,
    }),
    reEmitted: new Counter({
      name: 'ticketing_re_emitted_total',
      help: 'Snapshots that the periodic re-emission published',
      labelNames: ['aggregate'],
      registers,
    }),
    lostHistory: new Counter({
      name: 'ticketing_lost_history_total',
      help: 'Times that a channel no longer held events which this service had not seen',
      labelNames: ['subject'],
      registers,
    }),
    eventLag: new Histogram({
      name: 'ticketing_event_lag_seconds',
      help: 'From the recording of an event to its being applied, by the clocks of two machines; without snapshots',
      labelNames: ['subject'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600],
      registers,
    }),
    parkedEvents: new Gauge({
      name: 'ticketing_parked_events',
      help: 'Events that came before their predecessor and wait for it, up to 1,000',
      labelNames: ['group'],
      registers,
    }),
    parkedOldestAgeSeconds: new Gauge({
      name: 'ticketing_parked_oldest_age_seconds',
      help: 'How long the longest waiting parked event has waited',
      labelNames: ['group'],
      registers,
    }),
    deadLetters: new Gauge({
      name: 'ticketing_dead_letters',
      help: 'Messages that could not be handled and wait for a person, up to 1,000',
      labelNames: ['group'],
      registers,
    }),
    outboxPending: new Gauge({
      name: 'ticketing_outbox_pending',
      help: 'Saved events that wait to be published',
      labelNames: ['aggregate'],
      registers,
    }),
    outboxOldestAgeSeconds: new Gauge({
      name: 'ticketing_outbox_oldest_age_seconds',
      help: 'Age of the oldest saved event that waits to be published',
      labelNames: ['aggregate'],
      registers,
    }),
  };
}

function onceAtATime(fn: () => Promise<void> | void): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () =>
    (running ??= Promise.resolve()
      .then(fn)
      .finally(() => {
        running = undefined;
      }));
}

/** Resolves when `fn` has ended or a second has passed; calls `trouble` once if it failed or took longer. */
async function patiently(fn: () => Promise<void>, trouble: () => void): Promise<void> {
  const refreshed = fn().then(
    () => true,
    () => false,
  );
  if (!(await within(REFRESH_PATIENCE_MS, refreshed, false))) trouble();
}
