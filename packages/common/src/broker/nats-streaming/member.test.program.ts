import { sleep } from '../../runtime/retry';
import { silentLogger, testBus, testConnection } from '@ticketing/testing';
import { createMetrics } from '../../runtime/metrics';
import { Consumer } from '../../consumer/consumer';

/** A member of a group in a process of its own, for tests that kill it: slow, and it says when it listens. */
async function main(): Promise<void> {
  const { DATABASE_URI: uri, CHANNEL_PREFIX: prefix, GROUP: queueGroup = '' } = process.env;
  const connection = await testConnection(uri);
  await Consumer.start({
    bus: await testBus(prefix),
    connection,
    queueGroup,
    listeners: [
      {
        subject: 'ticket:updated',
        ordering: 'any-order',
        key: ({ id }) => id,
        async handle({ version }) {
          await sleep(100);
          await connection.collection('handled').insertOne({ version });
          return 'applied';
        },
      },
    ],
    settings: {
      ...{ ackWaitMs: 1_000, maxInFlight: 64, concurrency: 2, maxAttempts: 3 },
      ...{ gapPatienceMs: 60_000, sweepMs: 1_000 },
    },
    logger: silentLogger(),
    metrics: createMetrics('member'),
  });
  process.stdout.write('listening\n');
}

void main();
