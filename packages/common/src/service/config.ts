import { z } from 'zod';
import { ENGINE_NAMES, type EngineName } from '../broker/engines';
import { NatsUrlError, readNatsUrl } from '../broker/nats-url';
import { type Config, address, port, variable, wholeNumber } from '../runtime/environment';
import { guardConfig } from '../http/guard/guard-config';
import { tokenConfig } from '../http/sign-in/token-config';
import { LOG_LEVELS } from '../runtime/logger';
import { policyConfig } from '../runtime/policies';

const ENGINES = Object.keys(ENGINE_NAMES) as EngineName[];

/** The variables that every service has. `service` is the default of NATS_CLIENT_ID. */
export function baseConfig(service: string) {
  return {
    port: variable('PORT', port().default(3000), 'Port of the HTTP server; 0 takes any free port'),
    mongoUri: variable(
      'MONGO_URI',
      address(['mongodb', 'mongodb+srv'], 'mongodb://localhost:27017'),
      "Address of MongoDB; a database named in its path replaces the service's own",
    ),
    broker: variable(
      'BROKER',
      z.enum(ENGINES, { error: `one of ${ENGINES.join(', ')}` }).default('streaming'),
      'Engine of the broker: streaming is NATS Streaming, jetstream is JetStream of nats-server',
    ),
    natsUrl: variable(
      'NATS_URL',
      natsUrl(),
      'Address of NATS Streaming or nats-server, several of a cluster separated by commas; user and password percent-encoded',
    ),
    natsClusterId: variable('NATS_CLUSTER_ID', natsName().default('ticketing'), 'Cluster id of NATS Streaming'),
    streamMaxBytes: variable(
      'STREAM_MAX_BYTES',
      wholeNumber().default(0),
      'JetStream: bytes that the stream may take, reserved when it is made; a full one refuses; 0: no limit',
    ),
    natsMonitorUrl: variable(
      'NATS_MONITOR_URL',
      address(['http', 'https'], 'http://localhost:8222').optional(),
      'JetStream: monitoring address of the server, where a service sees whether it syncs before it acks',
    ),
    allowUnsafeBroker: variable(
      'ALLOW_UNSAFE_BROKER',
      z
        .enum(['true', 'false'], { error: 'true or false' })
        .default('false')
        .transform((text) => text === 'true'),
      'JetStream: true: no warning about one replica whose server is not known to sync before it acks',
    ),
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
    ...policyConfig(),
  } as const;
}

/** The configuration of every service, from its environment. */
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
