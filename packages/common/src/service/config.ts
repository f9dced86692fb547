import { z } from 'zod';
import { NatsUrlError, readNatsUrl } from '../broker/nats-streaming/nats-url';
import { type Config, address, milliseconds, multipleOf, port, variable, wholeNumber } from '../runtime/environment';
import { guardConfig } from '../http/guard/guard-config';
import { tokenConfig } from '../http/sign-in/token-config';
import { LOG_LEVELS } from '../runtime/logger';

/** The variables that every service has. `service` is the default of NATS_CLIENT_ID. */
export function baseConfig(service: string) {
  return {
    port: variable('PORT', port().default(3000), 'Port of the HTTP server; 0 takes any free port'),
    mongoUri: variable(
      'MONGO_URI',
      address(['mongodb', 'mongodb+srv'], 'mongodb://localhost:27017'),
      "Address of MongoDB; a database named in its path replaces the service's own",
    ),
    natsUrl: variable(
      'NATS_URL',
      natsUrl(),
      'Address of NATS Streaming, several of a cluster separated by commas; user and password percent-encoded',
    ),
    natsClusterId: variable('NATS_CLUSTER_ID', natsName().default('ticketing'), 'Cluster id of NATS Streaming'),
    natsClientId: variable(
      'NATS_CLIENT_ID',
      natsName().default(service),
      'Prefix of the client id; host and a random part are added',
    ),
    ...tokenConfig(),
    ...guardConfig(),
    logLevel: variable(
      'LOG_LEVEL',
      z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(', ')}` }).default('info'),
      `How much is logged: ${LOG_LEVELS.join(', ')}`,
    ),
    ackWaitMs: variable(
      'ACK_WAIT_MS',
      milliseconds({ min: 1_000 }).default(30_000),
      'Time after which an event that is not acked is delivered again (ms)',
    ),
    maxInFlight: variable(
      'MAX_IN_FLIGHT',
      wholeNumber({ min: 1, max: 2 ** 31 - 1 }).default(64),
      'Events that the broker delivers to one member before it waits for acks',
    ),
    listenerConcurrency: variable(
      'LISTENER_CONCURRENCY',
      wholeNumber({ min: 1 }).default(16),
      'Events that one process handles at the same time',
    ),
    maxDeliveries: variable(
      'MAX_DELIVERIES',
      wholeNumber({ min: 1 }).default(5),
      'Failures after which an event becomes a dead letter',
    ),
    // A predecessor that fails once comes again one ack wait later, and one whose next holder dies with it yet another one
    // later: three are the least with which such a predecessor is waited for, not skipped.
    gapPatienceMs: multipleOf(
      { of: 'ACK_WAIT_MS', byDefault: 10, atLeast: 3 },
      'GAP_PATIENCE_MS',
      milliseconds().default(300_000),
      'Time after which a parked event is applied although its predecessors are missing (ms); without it, 10 times ACK_WAIT_MS; at least 3 times',
    ),
    eventSweepMs: variable(
      'EVENT_SWEEP_MS',
      milliseconds().default(1_000),
      'Pause between two sweeps of parked events and redriven dead letters (ms)',
    ),
    outboxSweepMs: variable(
      'OUTBOX_SWEEP_MS',
      milliseconds().default(2_000),
      'Pause between two sweeps for saved events that are not published yet (ms)',
    ),
    reEmitEveryMs: variable(
      'RE_EMIT_EVERY_MS',
      milliseconds({ min: 0 })
        .refine((ms) => ms === 0 || ms >= 1_000, { error: '0, or at least 1000 milliseconds' })
        .default(0),
      'Pause between two re-emissions of what has changed since the one before, such as 300000 (ms); 0: none',
    ),
    publishWindow: variable(
      'PUBLISH_WINDOW',
      wholeNumber({ min: 1, max: 10_000 }).default(256),
      'Events published and not yet acked by the broker; more wait their turn',
    ),
    drainDeadlineMs: variable(
      'DRAIN_DEADLINE_MS',
      milliseconds().default(10_000),
      'Time to finish after SIGTERM; then the process exits with 1 (ms)',
    ),
  } as const;
}

/** What every service knows from its environment. */
export type BaseConfig = Config<ReturnType<typeof baseConfig>>;

function natsUrl() {
  return z.string({ error: 'an address such as nats://localhost:4222' }).superRefine((text, context) => {
    try {
      readNatsUrl(text);
    } catch (error) {
      if (!(error instanceof NatsUrlError)) throw error;
      context.addIssue({ code: 'custom', message: error.expected });
    }
  });
}

function natsName() {
  const error = 'a name of letters, digits, _ and - only';
  return z.string({ error }).regex(/^[A-Za-z0-9_-]+$/, { error });
}
