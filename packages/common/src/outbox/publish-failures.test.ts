import { createLogger } from '../runtime/logger';
import { createMetrics } from '../runtime/metrics';
import { silentLogger, waitFor } from '@ticketing/testing';
import type { LogLine } from '../consumer/consumer.test.helper';
import { NoAnswerError, NotConnectedError, RefusedError } from '../broker/errors';
import { createBroker } from '../broker/create-broker';
import { engineOfRun } from '../broker/engine-of-run.test.helper';
import { PublishFailures } from './publish-failures';
import { createPublisher } from './publisher';

function logged() {
  const lines: LogLine[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) };
  return { lines, logger: createLogger({ name: 'test', level: 'info', destination }) };
}

test('a channel that the server refuses fails alone, is counted with its reason, and is warned of once', async () => {
  const nats = await engineOfRun.start({ only: 'ticket:created' });
  const { lines, logger } = logged();
  const broker = createBroker({
    ...engineOfRun.settings(nats.url),
    clientIdPrefix: 'test',
    pingIntervalMs: 30_000,
    logger: silentLogger(),
  });
  try {
    await waitFor(() => broker.isConnected());
    const metrics = createMetrics('test');
    const publisher = createPublisher(broker, metrics, logger);
    await publisher.forward('ticket:created', {});
    for (let n = 0; n < 20; n += 1) {
      await expect(publisher.forward('ticket:updated', {})).rejects.toThrow(RefusedError);
    }
    await publisher.forward('ticket:created', {});
    expect((await metrics.publishFailures.get()).values).toMatchObject([
      { labels: { subject: 'ticket:updated', reason: 'refused' }, value: 20 },
    ]);
    expect(lines).toMatchObject([{ level: 40, subject: 'ticket:updated', reason: 'refused', failures: 1 }]);
    expect(broker.refusedChannels()).toEqual(['ticket:updated']);
  } finally {
    await broker.close();
    await nats.remove();
  }
});

test('while publishes fail there is one warning a minute of each subject: how many, since when, and the last error', () => {
  let now = Date.parse('2026-01-31T12:00:00Z');
  const { lines, logger } = logged();
  const failures = new PublishFailures(createMetrics('test'), logger, () => now);
  for (let second = 0; second < 130; second += 1, now += 1_000) {
    failures.add('ticket:created', new Error(`number ${second}`));
    if (second === 5) failures.add('ticket:updated', new NotConnectedError('NATS Streaming'));
  }
  const since = '2026-01-31T12:00:00.000Z';
  expect(lines.filter(({ subject }) => subject === 'ticket:created')).toMatchObject([
    { failures: 1, since, reason: 'other', lastError: 'Error: number 0' },
    { failures: 61, since, lastError: 'Error: number 60' },
    { failures: 121, since, lastError: 'Error: number 120' },
  ]);
  expect(lines.filter(({ subject }) => subject === 'ticket:updated')).toMatchObject([
    { failures: 1, since: '2026-01-31T12:00:05.000Z', reason: 'not-connected' },
  ]);
  now += 60_000;
  failures.add('ticket:created', new Error('later'));
  expect(lines.at(-1)).toMatchObject({ failures: 1, since: new Date(now).toISOString() });
});

test('the reason is one of four words', async () => {
  const metrics = createMetrics('test');
  const failures = new PublishFailures(metrics, silentLogger());
  const errors = [new NotConnectedError('NATS Streaming'), new NoAnswerError('silent'), new RefusedError('no'), 'text'];
  for (const error of errors) failures.add('ticket:created', error);
  const reasons = (await metrics.publishFailures.get()).values.map(({ labels }) => labels.reason);
  expect(reasons).toEqual(['not-connected', 'no-answer', 'refused', 'other']);
});
