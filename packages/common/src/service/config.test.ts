import { z } from 'zod';
import { baseConfig } from './config';
import { ConfigError, describeConfig, formerNamesIn, loadConfig, milliseconds } from '../runtime/environment';
import { renamed, variable, wholeNumber } from '../runtime/environment';

const required = { MONGO_URI: 'mongodb://db:27017', NATS_URL: 'nats://nats:4222', JWT_KEY: 'sixteen-letters-!' };

function problemsOf(env: NodeJS.ProcessEnv, shape = baseConfig('tickets')): readonly string[] {
  try {
    loadConfig(shape, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('the required variables are enough; the rest has defaults', () => {
  expect(loadConfig(baseConfig('tickets'), required)).toEqual({
    port: 3000,
    mongoUri: 'mongodb://db:27017',
    broker: 'streaming',
    natsUrl: 'nats://nats:4222',
    natsClusterId: 'ticketing',
    streamMaxBytes: 0,
    natsMonitorUrl: undefined,
    allowUnsafeBroker: false,
    natsClientId: 'tickets',
    jwtKey: 'sixteen-letters-!',
    jwtKeysPrevious: [],
    rateLimitPerMinute: 1_200,
    trustProxy: [],
    corsOrigins: [],
    httpConcurrency: 100,
    requestTimeoutMs: 30_000,
    logLevel: 'info',
    ackWaitMs: 30_000,
    maxInFlight: 64,
    listenerConcurrency: 16,
    maxAttempts: 5,
    gapPatienceMs: 300_000,
    eventSweepMs: 1_000,
    outboxSweepMs: 2_000,
    reEmitEveryMs: 0,
    publishWindow: 256,
    drainDeadlineMs: 10_000,
  });
});

test('given values are read as what they are, and an empty string is not given', () => {
  const env = {
    ...required,
    PORT: '0',
    LOG_LEVEL: 'silent',
    ACK_WAIT_MS: '5000',
    NATS_CLUSTER_ID: '',
    JWT_KEYS_PREVIOUS: 'one,two',
  };
  const config = loadConfig(baseConfig('tickets'), env);
  expect(config).toMatchObject({
    port: 0,
    logLevel: 'silent',
    ackWaitMs: 5000,
    natsClusterId: 'ticketing',
    jwtKeysPrevious: ['one', 'two'],
  });
});

test('the engine of the broker is one of two', () => {
  expect(loadConfig(baseConfig('tickets'), { ...required, BROKER: 'jetstream' })).toMatchObject({
    broker: 'jetstream',
  });
  expect(problemsOf({ ...required, BROKER: 'kafka' })).toEqual(['BROKER must be one of streaming, jetstream']);
});

test('space around any value is cut', () => {
  const shape = { ...baseConfig('tickets'), windowMs: variable('WINDOW_MS', milliseconds(), 'A time') };
  const plain = { ...required, PORT: '', JWT_KEYS_PREVIOUS: 'one', LOG_LEVEL: 'warn', WINDOW_MS: '5' };
  const spaced = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, ` ${value}\r\n`]));
  expect(loadConfig(shape, spaced)).toEqual(loadConfig(shape, plain));
});

test('every problem is named at once, one line each, without the values', () => {
  const env = {
    PORT: '70000',
    MONGO_URI: 'postgres://u:hunter2@db',
    JWT_KEY: '',
    NATS_CLIENT_ID: 'a.b',
    LOG_LEVEL: 'loud',
  };
  const load = (): unknown => loadConfig(baseConfig('tickets'), env);
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(
    [
      'the configuration is wrong:',
      '  PORT must be a port, a whole number from 0 to 65535',
      '  MONGO_URI must be an address such as mongodb://localhost:27017',
      '  NATS_URL is required: an address such as nats://localhost:4222',
      '  NATS_CLIENT_ID must be a name of letters, digits, _ and - only',
      '  JWT_KEY is required: a secret that is not empty, or JWT_JWKS_URL instead of it',
      '  LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent',
    ].join('\n'),
  );
  expect(problemsOf(env).join()).not.toContain('hunter2');
});

test.each([
  ['PORT', '-1'],
  ['PORT', '3000x'],
  ['PORT', '0x10'],
  ['PORT', '1.5'],
  ['MONGO_URI', 'mongodb://'],
  ['MONGO_URI', 'db:27017'],
  ['NATS_URL', 'http://nats:4222'],
  ['NATS_URL', 'nats://'],
  ['NATS_URL', 'nats://nats:99999'],
  ['NATS_URL', 'nats://[::1]:4222'],
  ['NATS_URL', 'nats://bob:p@ss:w#rd@nats'],
  ['PUBLISH_WINDOW', '0'],
  ['PUBLISH_WINDOW', '10001'],
  ['ACK_WAIT_MS', '999'],
  ['ACK_WAIT_MS', '30s'],
  ['GAP_PATIENCE_MS', '2147483648'],
  ['GAP_PATIENCE_MS', '0'],
  ['GAP_PATIENCE_MS', '89999'],
  ['RE_EMIT_EVERY_MS', '999'],
  ['RE_EMIT_EVERY_MS', '-1'],
  ['RE_EMIT_EVERY_MS', 'often'],
  ['MAX_IN_FLIGHT', '0'],
  ['MAX_ATTEMPTS', '9999999999999999999'],
  ['LOG_LEVEL', 'INFO'],
])('%s=%j is refused with one line', (name, value) => {
  const problems = problemsOf({ ...required, [name]: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^${name} must be `));
});

test.each([
  ['MONGO_URI', 'mongodb+srv://cluster.example/tickets?w=majority'],
  ['MONGO_URI', 'mongodb://user:pw@a:1,b:2/?replicaSet=rs'],
  ['NATS_URL', 'nats://a:4222,nats://b:4222'],
  ['NATS_URL', 'nats://bob:p%40ss%3Aw%23rd@nats'],
  ['NATS_CLIENT_ID', 'Tickets_1-a'],
  ['GAP_PATIENCE_MS', '90000'],
  ['RE_EMIT_EVERY_MS', '0'],
  ['RE_EMIT_EVERY_MS', '1000'],
])('%s=%j is accepted', (name, value) => {
  expect(problemsOf({ ...required, [name]: value })).toEqual([]);
});

test('a service adds variables by the same mechanism', () => {
  const shape = {
    ...baseConfig('orders'),
    orderWindowMs: variable('ORDER_WINDOW_MS', milliseconds().default(900_000), 'How long a ticket stays reserved'),
    title: variable('TITLE', z.string().optional(), 'Nothing much'),
  };
  const config = loadConfig(shape, { ...required, ORDER_WINDOW_MS: '1000' });
  const windowMs: number = config.orderWindowMs;
  expect([windowMs, config.title, config.natsClientId]).toEqual([1000, undefined, 'orders']);
});

test('a rule sees which other variables are given', () => {
  const needsOther = (given: (env: string) => boolean) => (given('OTHER') ? undefined : 'needs OTHER');
  const shape = { one: variable('ONE', z.string().optional(), 'One of two', needsOther) };
  expect(() => loadConfig(shape, { OTHER: '' })).toThrow(new ConfigError(['ONE needs OTHER']).message);
  expect(loadConfig(shape, { OTHER: 'x', ONE: 'y' })).toEqual({ one: 'y' });
});

test('the gap patience goes by the ack wait, and one that is too short for it names both', () => {
  const load = (env: NodeJS.ProcessEnv) => loadConfig(baseConfig('tickets'), { ...required, ...env });
  expect(load({ ACK_WAIT_MS: '5000' }).gapPatienceMs).toBe(50_000);
  expect(load({ ACK_WAIT_MS: '5000', GAP_PATIENCE_MS: '15000' }).gapPatienceMs).toBe(15_000);
  expect(problemsOf({ ...required, ACK_WAIT_MS: '5000', GAP_PATIENCE_MS: '14999' })).toEqual([
    'GAP_PATIENCE_MS must be at least 3 times ACK_WAIT_MS, 15000; without it, it is 10 times',
  ]);
  expect(problemsOf({ ...required, ACK_WAIT_MS: 'soon', GAP_PATIENCE_MS: '1' })).toHaveLength(1);
});

test('a number says its bounds', () => {
  const shape = { few: variable('FEW', wholeNumber({ min: 2 }), 'A few') };
  expect(() => loadConfig(shape, { FEW: '1' })).toThrow('FEW must be a whole number, at least 2');
  expect(() => loadConfig(shape, {})).toThrow('FEW is required: a whole number, at least 2');
});

test('the description has a row per variable, as one would write it', () => {
  const rows = describeConfig(baseConfig('tickets'));
  expect(rows).toHaveLength(30);
  expect(rows[0]).toEqual({
    name: 'PORT',
    default: '3000',
    description: 'Port of the HTTP server; 0 takes any free port',
    required: false,
  });
  expect(rows.filter((row) => row.required).map((row) => row.name)).toEqual(['MONGO_URI', 'NATS_URL']);
  expect(rows.filter((row) => row.required).every((row) => row.default === undefined)).toBe(true);
});

test('the defaults of the description are valid values', () => {
  const rows = describeConfig(baseConfig('tickets'));
  const written = Object.fromEntries(rows.map((row) => [row.name, row.default]));
  expect(loadConfig(baseConfig('other'), { ...written, ...required })).toEqual(
    loadConfig(baseConfig('tickets'), required),
  );
});

test('a variable that was renamed is read by its former name, too; the new one wins', () => {
  const shape = { attempts: renamed('OLD', variable('NEW', wholeNumber({ min: 1 }).default(5), 'Attempts')) };
  expect(loadConfig(shape, { OLD: '3' })).toEqual({ attempts: 3 });
  expect(loadConfig(shape, { OLD: '3', NEW: '4' })).toEqual({ attempts: 4 });
  expect(loadConfig(shape, {})).toEqual({ attempts: 5 });
  const wrong = 'must be a whole number, at least 1';
  expect(() => loadConfig(shape, { OLD: '0' })).toThrow(`OLD, the former name of NEW, ${wrong}`);
  expect(() => loadConfig(shape, { OLD: '1', NEW: '0' })).toThrow(`NEW ${wrong}`);
  expect(formerNamesIn(shape, { OLD: '3', NEW: '4' })).toEqual([{ former: 'OLD', now: 'NEW' }]);
  expect(formerNamesIn(shape, { OLD: ' ', NEW: '4' })).toEqual([]);
});

test('MAX_DELIVERIES is still read for MAX_ATTEMPTS', () => {
  const load = (env: NodeJS.ProcessEnv) => loadConfig(baseConfig('tickets'), { ...required, ...env }).maxAttempts;
  expect([load({}), load({ MAX_DELIVERIES: '2' }), load({ MAX_ATTEMPTS: '3', MAX_DELIVERIES: '2' })]).toEqual([
    5, 2, 3,
  ]);
});
