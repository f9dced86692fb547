import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Consumer, createLogger, createMetrics } from '@ticketing/common';
import { waitFor } from '@ticketing/testing';
import { hideMessage } from '@ticketing/servers';
import { OperatedSystem } from '../operated-system.test.helper';
import { audit } from './audit';

const dataDir = mkdtempSync(join(tmpdir(), 'hidden-'));
let system: OperatedSystem;
beforeAll(async () => {
  // The server's own default, which this project turns off: it is what hides messages.
  system = await OperatedSystem.open({ dataDir, args: ['--file_read_buffer_size=2MB'] }, 'streaming');
});
afterAll(async () => {
  await system.close();
  rmSync(dataDir, { recursive: true });
});

const RE_EMIT = 'Re-emit tickets: node services/tickets/dist/re-emit.js (docs/runbook.md)';

test('hidden messages are distinguished from lost ones: a sequence twice, a missing one, and the state of the owner', async () => {
  const ticket = await system.sell('a title of 20 digits');
  for (let version = 1; version <= 5; version += 1) await system.edit(ticket, `edit ${version} of 20 digits`, 20);
  await system.edit(ticket, 'a title that is longer than those before', 20);
  await system.quiet();

  await system.restartNats(() => hideMessage(dataDir, 'ticket:updated', 4));
  await waitFor(() => system.broker.isConnected(), { timeoutMs: 30_000 });
  const { disagreements } = await waitFor(() => audit(system.auditOptions), { timeoutMs: 30_000 });
  const read = 'a whole read of ticket:updated (1 to 6)';
  expect(disagreements).toEqual([
    {
      kind: 'hidden',
      message: `${read} has two messages of sequence 4; the broker hides what it has acked. ${RE_EMIT}`,
    },
    {
      kind: 'hidden',
      message: `${read} has no message of sequence 5; the broker hides what it has acked. ${RE_EMIT}`,
    },
    {
      kind: 'hidden',
      aggregateId: ticket,
      message:
        `ticket ${ticket}: the stream has no event of version 5, but of 6; it is in no outbox either: ` +
        `hidden: ticket:updated hides messages. ${RE_EMIT}`,
    },
  ]);
});

test('a consumer that gets one sequence as two messages says so', async () => {
  const lines: string[] = [];
  const metrics = createMetrics('reader');
  const consumer = await Consumer.start({
    ...{ broker: system.broker, connection: system.databases.orders, queueGroup: 'reader', metrics },
    logger: createLogger({ name: 'reader', level: 'error', destination: { write: (line) => void lines.push(line) } }),
    listeners: [
      {
        subject: 'ticket:updated',
        ordering: 'any-order',
        key: ({ id }) => id,
        handle: () => Promise.resolve('applied'),
      },
    ],
    settings: {
      ...{ ackWaitMs: 1_000, maxInFlight: 64, concurrency: 16, maxAttempts: 3, gapPatienceMs: 60_000, sweepMs: 100 },
    },
  });
  const said =
    'lost history in ticket:updated: sequence 4 came as two messages: the broker hides one that it has acked';
  await waitFor(() => lines.some((line) => line.includes(said)));
  expect((await metrics.lostHistory.get()).values).toMatchObject([{ labels: { subject: 'ticket:updated' }, value: 1 }]);
  await consumer.drain();
});
