import { awakeDuring } from './awake.test.helper';
import { createMetrics } from './metrics';
import { sleep } from './retry';

test('all metrics of a service are in its own registry, labelled by its name', async () => {
  const metrics = createMetrics('tickets');
  metrics.eventsPublished.inc({ subject: 'ticket:created' });
  metrics.eventsConsumed.inc({ subject: 'order:created', outcome: 'let-go' });
  metrics.lostHistory.inc({ subject: 'order:created' });
  metrics.outboxPending.set({ aggregate: 'ticket' }, 3);
  metrics.outboxOldestAgeSeconds.set({ aggregate: 'ticket' }, 1.5);
  metrics.httpRequestDuration.observe({ method: 'GET', route: '/x', status: '200' }, 0.1);
  const text = await metrics.scrape();
  for (const line of [
    'ticketing_events_published_total{subject="ticket:created",service="tickets"} 1',
    'ticketing_events_consumed_total{subject="order:created",outcome="let-go",service="tickets"} 1',
    'ticketing_lost_history_total{subject="order:created",service="tickets"} 1',
    'ticketing_outbox_pending{aggregate="ticket",service="tickets"} 3',
    'ticketing_outbox_oldest_age_seconds{aggregate="ticket",service="tickets"} 1.5',
    'ticketing_http_request_duration_seconds_count{service="tickets",method="GET",route="/x",status="200"} 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(text).toContain('process_cpu_seconds_total');
  expect(await createMetrics('orders').scrape()).not.toContain('ticket:created');
});

test('a gauge is refreshed before each scrape until that is ended', async () => {
  const metrics = createMetrics('tickets');
  let pending = 0;
  const end = metrics.beforeScrape(async () => {
    await Promise.resolve();
    metrics.outboxPending.set({ aggregate: 'ticket' }, (pending += 1));
  });
  expect(await metrics.scrape()).toContain('ticketing_outbox_pending{aggregate="ticket",service="tickets"} 1\n');
  expect(await metrics.scrape()).toContain('ticketing_outbox_pending{aggregate="ticket",service="tickets"} 2\n');
  end();
  expect(await metrics.scrape()).toContain('ticketing_outbox_pending{aggregate="ticket",service="tickets"} 2\n');
});

test('a refresh that fails is counted and does not fail the scrape, nor the next refresh', async () => {
  const metrics = createMetrics('tickets');
  let calls = 0;
  metrics.beforeScrape(() => {
    calls += 1;
    throw new Error('at once');
  });
  metrics.beforeScrape(() => Promise.reject(new Error('later')));
  expect(await metrics.scrape()).toContain('ticketing_scrape_refresh_troubles_total{service="tickets"} 2\n');
  expect(await metrics.scrape()).toContain('ticketing_scrape_refresh_troubles_total{service="tickets"} 4\n');
  expect(calls).toBe(2);
});

test('a refresh that hangs holds a scrape one second at most, and is not started again meanwhile', async () => {
  const metrics = createMetrics('tickets');
  let calls = 0;
  let finish = (): void => undefined;
  metrics.beforeScrape(() => {
    calls += 1;
    return new Promise((resolve) => (finish = resolve));
  });
  expect(await awakeDuring(() => metrics.scrape())).toBeLessThan(10_000);
  await metrics.scrape();
  expect(calls).toBe(1);
  finish();
  await sleep(1);
  await metrics.scrape();
  expect(calls).toBe(2);
});
