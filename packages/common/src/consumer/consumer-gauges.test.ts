import { EVENT_OUTCOMES } from '../runtime/metrics';
import { waitFor } from '@ticketing/testing';
import { Bench, inOrder, newId, ticketEvent } from './consumer.test.helper';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

/** The value of a metric of this bench's group in a scrape. */
async function scraped(name: string): Promise<number> {
  const line = (await bench.metrics.scrape()).split('\n').find((one) => one.startsWith(`${name}{`));
  return Number(line?.split(' ').at(-1));
}

/** Waits, because a scrape has the value before when reading the database takes long. */
async function scrapedIs(name: string, value: number): Promise<void> {
  await waitFor(async () => (await scraped(name)) === value, { what: `${name} ${value}` });
}

test('a parked event is counted and has an age, until it is applied', async () => {
  const id = newId();
  await bench.consumer([inOrder('ticket:updated')]);
  await bench.publish('ticket:updated', ticketEvent(id, 1), ticketEvent(id, 2));
  await bench.parkedIs(2);
  await scrapedIs('ticketing_parked_events', 2);
  await waitFor(async () => (await scraped('ticketing_parked_oldest_age_seconds')) > 0.1);
  await bench.publish('ticket:updated', ticketEvent(id, 0));
  await bench.parkedIs(0);
  await scrapedIs('ticketing_parked_events', 0);
  await scrapedIs('ticketing_parked_oldest_age_seconds', 0);
});

test('dead letters are counted until they are dropped', async () => {
  await bench.consumer([inOrder('ticket:updated')]);
  await bench.broker.publish('ticket:updated', 'not JSON');
  await waitFor(async () => (await bench.count('dead-lettered')) === 1);
  await scrapedIs('ticketing_dead_letters', 1);
  await bench.connection.collection('dead_letters').deleteMany({});
  await scrapedIs('ticketing_dead_letters', 0);
});

test('the lag is from recording to applying, also for a parked event; snapshots have none', async () => {
  const id = newId();
  const old = (version: number, secondsAgo: number, snapshot?: true) => {
    const event = ticketEvent(id, version);
    const occurredAt = new Date(Date.now() - secondsAgo * 1_000).toISOString();
    return { ...event, meta: { ...event.meta, occurredAt, ...(snapshot && { snapshot }) } };
  };
  await bench.consumer([inOrder('ticket:updated')]);
  await bench.publish('ticket:updated', old(1, 20));
  await bench.parkedIs(1);
  await bench.publish('ticket:updated', old(0, 100));
  await bench.versionIs(id, 1);
  await bench.publish('ticket:updated', old(5, 10_000, true));
  await bench.versionIs(id, 5);
  await waitFor(async () => (await bench.count('applied')) === 3);
  expect(await scraped('ticketing_event_lag_seconds_count')).toBe(2);
  expect(await scraped('ticketing_event_lag_seconds_sum')).toBeGreaterThanOrEqual(120);
  expect(await scraped('ticketing_event_lag_seconds_sum')).toBeLessThan(10_000);
});

test('the number of unfinished messages, and for how long none was finished', async () => {
  let end = (): void => undefined;
  const handle = () => new Promise<'applied'>((resolve) => (end = () => resolve('applied')));
  const id = newId();
  await bench.consumer([{ subject: 'ticket:updated', ordering: 'any-order', key: ({ id }) => id, handle }]);
  expect(await scraped('ticketing_consumer_stalled_seconds')).toBe(0);
  await bench.publish('ticket:updated', ticketEvent(id, 0), ticketEvent(id, 1)); // one after the other
  await waitFor(async () => (await scraped('ticketing_consumer_in_hand')) === 2);
  await waitFor(async () => (await scraped('ticketing_consumer_stalled_seconds')) > 0.3);
  expect(await scraped('ticketing_consumer_paused')).toBe(0);
  const finished = performance.now();
  end();
  await waitFor(async () => (await scraped('ticketing_consumer_in_hand')) === 1);
  const stalled = await scraped('ticketing_consumer_stalled_seconds');
  expect(stalled).toBeLessThanOrEqual((performance.now() - finished) / 1_000);
  end();
  await waitFor(async () => (await scraped('ticketing_consumer_in_hand')) === 0);
  expect(await scraped('ticketing_consumer_stalled_seconds')).toBe(0);
});

test('the counters of all subjects begin at 0, so that Prometheus sees their first increase', async () => {
  await bench.consumer([inOrder('ticket:updated')]);
  const lines = (await bench.metrics.scrape()).split('\n');
  expect(lines).toContain('ticketing_lost_history_total{subject="ticket:updated",service="test"} 0');
  for (const outcome of EVENT_OUTCOMES) {
    const labels = `subject="ticket:updated",outcome="${outcome}",service="test"`;
    expect(lines).toContain(`ticketing_events_consumed_total{${labels}} 0`);
  }
});
