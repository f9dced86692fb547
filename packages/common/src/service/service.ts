import type { Router } from 'express';
import type { Connection } from 'mongoose';
import type { Broker } from '../broker/port';
import { Consumer } from '../consumer/consumer';
import { brokerGauge } from '../consumer/consumer-gauges';
import { createBroker } from '../broker/create-broker';
import type { Listener } from '../consumer/listener';
import { createPublisher, type Publisher } from '../outbox/publisher';
import { type CloseStep, closeInOrder } from './close-in-order';
import { baseConfig, type BaseConfig } from './config';
import { connectDatabase, isConnected } from '../mongo/database';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import { UnavailableError } from '../errors/kinds';
import { createApp } from '../http/app';
import { configuredVerifier } from '../http/sign-in/configured-verifier';
import { listen } from '../http/connection/server';
import { claimStore } from '../idempotency/claims';
import { type CreateOnce, createOnceBy } from '../idempotency/create-once';
import type { Started } from './lifecycle';
import { createLogger, type Logger } from '../runtime/logger';
import { formerNamesIn } from '../runtime/environment';
import { createMetrics, type Metrics } from '../runtime/metrics';
import { BACK_OFF, DRAIN_SHARES } from '../runtime/policies';
import type { AnyOwnedModel } from '../outbox/owned-aggregate';
import { makeIndexes } from '../mongo/index-conflict';
import { createOwnedIndexes } from '../outbox/owned-indexes';
import { type AnyReEmitted, ReEmission } from '../outbox/re-emission';
import { Relay } from '../outbox/relay';
import { poolGauges } from '../mongo/pool-use';
import type { Repeating } from '../runtime/repeating';
import { retryWithBackOff } from '../runtime/retry';
import { startTracing } from '../tracing/start-tracing';

/** The building blocks that a service gets to assemble itself. */
export interface ServiceContext {
  readonly connection: Connection;
  readonly publisher: Publisher;
  readonly clock: () => Date;
  readonly createOnce: CreateOnce;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The parts of a service. */
export interface ServiceParts {
  /** Models of the aggregates that the service owns. Their indexes are made, and a relay publishes their events. */
  readonly owned: readonly AnyOwnedModel[];
  /** The aggregates to re-emit with RE_EMIT_EVERY_MS. */
  readonly reEmitted: readonly AnyReEmitted[];
  readonly listeners: readonly Listener[];
  readonly repeating?: readonly Repeating[];
  readonly routes: (router: Router) => void;
}

/** What a test replaces. */
export interface ServiceOverrides {
  readonly clock?: () => Date;
  readonly logger?: Logger;
  /** Prefix of each channel's name, so that suites can share one NATS Streaming server. */
  readonly channelPrefix?: string;
  /** Aborts a start that waits for MongoDB. */
  readonly signal?: AbortSignal;
}

export interface ServiceOptions extends ServiceOverrides {
  /** Also the name of its database; its queue group is `<name>-service`. */
  readonly name: string;
  readonly config: BaseConfig;
  readonly assemble: (context: ServiceContext) => ServiceParts;
}

export interface RunningService extends Started {
  /** The port that it answers on. */
  readonly port: number;
  /** Drains and closes everything, in order. Idempotent. */
  stop(onStep?: (name: string) => void): Promise<void>;
}

/**
 * Starts a service and resolves when it is ready. It answers /healthz and /readyz at once, and 503 to all other calls
 * until MongoDB is there. It does not wait for NATS Streaming, because events wait in the outbox.
 * @throws StartError when the port is not available; AbortError when `signal` aborts the start
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { name, config, signal } = options;
  const logger = options.logger ?? createLogger({ name, level: config.logLevel });
  for (const { former, now } of formerNamesIn(baseConfig(name), process.env)) {
    logger.warn(
      { former, now },
      'a variable has a new name: the former one is not read any more from the next version on',
    );
  }
  const tracing = startTracing({ serviceName: name, env: process.env, logger });
  const metrics = createMetrics(name);
  // A receiver that does not answer must not delay the exit.
  const stopTracing: CloseStep[] = tracing
    ? [
        {
          name: 'traces',
          close: () => tracing.stop(),
          withinMs: Math.round(config.drainDeadlineMs * DRAIN_SHARES.traces),
        },
      ]
    : [];
  const state: { parts?: RunningParts; draining: boolean } = { draining: false };

  const broker = createBroker({
    engine: config.broker,
    url: config.natsUrl,
    clusterId: config.natsClusterId,
    clientIdPrefix: config.natsClientId,
    publishWindow: config.publishWindow,
    allowUnsafe: config.allowUnsafeBroker,
    ...(config.streamMaxBytes > 0 && { maxBytes: config.streamMaxBytes }),
    ...(config.natsMonitorUrl !== undefined && { monitorUrl: config.natsMonitorUrl }),
    logger,
    ...(options.channelPrefix !== undefined && { channelPrefix: options.channelPrefix }),
  });
  brokerGauge(broker, metrics);
  let router: Router | undefined;
  const app = createApp({
    logger,
    metrics,
    verifyToken: configuredVerifier(config, logger),
    rateLimitPerMinute: config.rateLimitPerMinute,
    trustProxy: config.trustProxy,
    corsOrigins: config.corsOrigins,
    requestTimeoutMs: config.requestTimeoutMs,
    health: {
      mongo: async () => state.parts !== undefined && (await isConnected(state.parts.connection)),
      natsDownSince: () => broker.downSince(),
      refusedChannels: () => broker.refusedChannels(),
    },
    draining: () => state.draining,
    limits: { concurrency: config.httpConcurrency, inFlight: 11 * config.httpConcurrency },
    routes: (created) => {
      router = created;
      created.use((_req, _res, next) => {
        next(state.parts ? undefined : new UnavailableError('the service is starting: try again', { retryAfter: 1 }));
      });
    },
  });
  let closing: Promise<void> | undefined;
  const http = await listen(app, config.port, { requestTimeoutMs: config.requestTimeoutMs }).catch(
    async (error: unknown) => {
      await Promise.all([broker.close(), closeInOrder(stopTracing, logger)]);
      throw error;
    },
  );
  logger.info({ port: http.port }, 'listening');
  const running = await startParts({ ...options, logger, metrics, broker }).catch(async (error: unknown) => {
    state.draining = true;
    await Promise.all([http.drain(), broker.close(), closeInOrder(stopTracing, logger)]);
    throw error;
  });
  if (router) running.routes(router);
  state.parts = running;

  const stop = (onStep?: (name: string) => void): Promise<void> => {
    state.draining = true;
    const steps = [{ name: 'http', close: () => http.drain() }, ...running.closables, ...stopTracing];
    return (closing ??= closeInOrder(steps, logger, onStep));
  };
  if (signal?.aborted) {
    await stop();
    signal.throwIfAborted();
  }
  logger.info('ready');
  return { port: http.port, stopDeadlineMs: config.drainDeadlineMs, stop };
}

interface RunningParts {
  readonly connection: Connection;
  readonly routes: (router: Router) => void;
  /** In the order of closing. */
  readonly closables: readonly CloseStep[];
}

type PartsOptions = ServiceOptions & { logger: Logger; metrics: Metrics; broker: Broker };

async function startParts(options: PartsOptions): Promise<RunningParts> {
  const { name, config, logger, signal } = options;
  const connection = await connectDatabase({ uri: config.mongoUri, defaultDbName: name, logger, signal });
  return startPartsOn(connection, options).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
}

async function startPartsOn(connection: Connection, options: PartsOptions): Promise<RunningParts> {
  const { name, config, logger, metrics, broker, signal } = options;
  poolGauges(connection, metrics);
  const publisher = createPublisher(broker, metrics, logger);
  const clock = options.clock ?? (() => new Date());
  const claims = claimStore(connection);
  const createOnce = createOnceBy(claims, clock);
  const {
    owned,
    reEmitted,
    listeners,
    repeating = [],
    routes,
  } = options.assemble({ connection, publisher, clock, createOnce, logger, metrics });

  const consumer = await retryWithBackOff(
    async () => {
      await makeIndexes(() => Promise.all([claims.createIndexes(), ...owned.map(createOwnedIndexes)]));
      return Consumer.start({
        ...{ broker, connection, listeners, logger, metrics },
        queueGroup: `${name}-service`,
        settings: {
          ackWaitMs: config.ackWaitMs,
          maxInFlight: config.maxInFlight,
          concurrency: config.listenerConcurrency,
          maxAttempts: config.maxAttempts,
          gapPatienceMs: config.gapPatienceMs,
          sweepMs: config.eventSweepMs,
        },
      });
    },
    { ...BACK_OFF.startListeners, signal, isFinal: (error) => !isDatabaseUnavailable(error) },
  );
  const relay = new Relay({ connection, models: owned, publisher, logger, metrics, sweepMs: config.outboxSweepMs });
  const everyMs = config.reEmitEveryMs;
  const reEmission = { connection, aggregates: reEmitted, publisher, logger, metrics, everyMs };
  const sweepers = [...repeating, ...(everyMs > 0 ? [new ReEmission(reEmission)] : [])];
  for (const sweeper of sweepers) sweeper.start();
  // A server that hangs must not use up the deadline. Going on loses nothing: unacked messages come again, and the next
  // sweep publishes what is left.
  const share = (part: keyof typeof DRAIN_SHARES) => Math.round(config.drainDeadlineMs * DRAIN_SHARES[part]);
  return {
    connection,
    routes,
    closables: [
      { name: 'sweepers', close: () => stopAll(sweepers), withinMs: share('sweepers') },
      { name: 'listeners', close: () => consumer.drain(), withinMs: share('listeners') },
      { name: 'relay', close: () => relay.drain(), withinMs: share('relay') },
      { name: 'broker', close: () => broker.close(), withinMs: share('broker') },
      { name: 'MongoDB', close: () => connection.close(), withinMs: share('database') },
    ],
  };
}

async function stopAll(tasks: readonly Pick<Repeating, 'stop'>[]): Promise<void> {
  await Promise.all(tasks.map((task) => task.stop()));
}
