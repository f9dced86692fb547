import { z } from 'zod';
import { StartError } from './errors/start-error';
import { LOG_LEVELS } from './logger';

/** The configuration is wrong. The message lists every problem, one line each. */
export class ConfigError extends StartError {
  constructor(readonly problems: readonly string[]) {
    super(['the configuration is wrong:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

/** One environment variable: its name, what it may be (a schema over the string), and one line for people. */
export interface Variable<S extends z.ZodType = z.ZodType> {
  readonly env: string;
  readonly schema: S;
  readonly description: string;
}

/** Field name of the loaded configuration -> the variable that it comes from. */
export type ConfigShape = Readonly<Record<string, Variable>>;
export type Config<Shape extends ConfigShape> = { readonly [Field in keyof Shape]: z.output<Shape[Field]['schema']> };

/** Declares one environment variable. */
export function variable<S extends z.ZodType>(env: string, schema: S, description: string): Variable<S> {
  return { env, schema, description };
}

/**
 * Reads and checks all variables of the shape; an empty string counts as not given. Throws ConfigError, which names
 * every problem at once and repeats no value, because a value may be a secret.
 */
export function loadConfig<Shape extends ConfigShape>(shape: Shape, env: NodeJS.ProcessEnv): Config<Shape> {
  const problems: string[] = [];
  const values = Object.entries(shape).map(([field, { env: name, schema }]) => {
    const given = env[name] === '' ? undefined : env[name];
    const result = schema.safeParse(given);
    if (result.success) return [field, result.data];
    const expected = result.error.issues.map(({ message }) => message).join('; ');
    problems.push(given === undefined ? `${name} is required: ${expected}` : `${name} must be ${expected}`);
    return [field, undefined];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(values) as Config<Shape>;
}

export interface VariableDescription {
  readonly name: string;
  /** As one would write it in the environment; undefined for a required variable. */
  readonly default: string | undefined;
  readonly description: string;
  readonly required: boolean;
}

/** The rows of a table for people, in the order of the shape. */
export function describeConfig(shape: ConfigShape): VariableDescription[] {
  return Object.values(shape).map(({ env, schema, description }) => {
    const absent = schema.safeParse(undefined);
    return {
      name: env,
      default: absent.success ? String(absent.data) : undefined,
      description,
      required: !absent.success,
    };
  });
}

/** A whole number written in decimal digits. */
export function wholeNumber({ min = 0, max = Number.MAX_SAFE_INTEGER, what = 'a whole number' } = {}) {
  const error = max === Number.MAX_SAFE_INTEGER ? `${what}, at least ${min}` : `${what} from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,15}$/, { error, abort: true })
    .transform(Number)
    .pipe(z.number().min(min, { error }).max(max, { error }));
}

/** Milliseconds that a timer of Node can wait. */
export function milliseconds({ min = 1 } = {}) {
  return wholeNumber({ min, max: 2 ** 31 - 1, what: 'milliseconds, a whole number' });
}

/** A TCP port; 0 takes any free one. */
export function port() {
  return wholeNumber({ min: 0, max: 65_535, what: 'a port, a whole number' });
}

/** An address that starts with one of the schemes (such as `nats`) and names a host. */
export function address(schemes: readonly string[], example: string) {
  const error = `an address such as ${example}`;
  const start = new RegExp(`^(${schemes.map((scheme) => scheme.replace('+', '\\+')).join('|')})://[^/?#\\s]+`);
  return z.string({ error }).regex(start, { error });
}

/** The variables that every service has. `service` is the default of NATS_CLIENT_ID. */
export function baseConfig(service: string) {
  return {
    port: variable('PORT', port().default(3000), 'Port of the HTTP server; 0 takes any free port'),
    mongoUri: variable(
      'MONGO_URI',
      address(['mongodb', 'mongodb+srv'], 'mongodb://localhost:27017'),
      "Address of MongoDB; a database named in its path replaces the service's own",
    ),
    natsUrl: variable('NATS_URL', address(['nats'], 'nats://localhost:4222'), 'Address of NATS Streaming'),
    natsClusterId: variable('NATS_CLUSTER_ID', natsName().default('ticketing'), 'Cluster id of NATS Streaming'),
    natsClientId: variable(
      'NATS_CLIENT_ID',
      natsName().default(service),
      'Prefix of the client id; host and a random part are added',
    ),
    jwtKey: variable(
      'JWT_KEY',
      secret(),
      'Key that signs the tokens (HS256); the same in all services; 32 random bytes are right',
    ),
    jwtKeysPrevious: variable(
      'JWT_KEYS_PREVIOUS',
      z
        .string()
        .default('')
        .transform((text) => text.split(',').filter((key) => key !== '')),
      'Keys whose tokens are good as well, while JWT_KEY is replaced; separated by commas',
    ),
    logLevel: variable(
      'LOG_LEVEL',
      z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(', ')}` }).default('info'),
      `How much is logged: ${LOG_LEVELS.join(', ')}`,
    ),
    httpConcurrency: variable(
      'HTTP_CONCURRENCY',
      wholeNumber({ min: 1 }).default(100),
      'Requests that one process handles at the same time; ten times as many wait, more are answered 503',
    ),
    ackWaitMs: variable(
      'ACK_WAIT_MS',
      milliseconds({ min: 1_000 }).default(30_000),
      'An event that is not acked for so long is delivered again (ms)',
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
    gapPatienceMs: variable(
      'GAP_PATIENCE_MS',
      milliseconds({ min: 0 }).default(30_000),
      'An event parked for so long is applied although its predecessors are missing (ms)',
    ),
    eventSweepMs: variable(
      'EVENT_SWEEP_MS',
      milliseconds().default(1_000),
      'Pause between two looks at parked events and redriven dead letters (ms)',
    ),
    outboxSweepMs: variable(
      'OUTBOX_SWEEP_MS',
      milliseconds().default(2_000),
      'Pause between two looks for saved events that nobody published (ms)',
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

function natsName() {
  const error = 'a name of letters, digits, _ and - only';
  return z.string({ error }).regex(/^[A-Za-z0-9_-]+$/, { error });
}

function secret() {
  const error = 'a secret that is not empty';
  return z.string({ error }).min(1, { error });
}
