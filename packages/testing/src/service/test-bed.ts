import { randomUUID } from 'node:crypto';
import {
  type Config,
  type ConfigShape,
  type EventMeta,
  type EventOf,
  type PublishAck,
  type RunningService,
  type ServiceOverrides,
  type Subject,
  decodeEvent,
  encodeEvent,
  loadConfig,
} from '@ticketing/common';
import { type Connection, Types } from 'mongoose';
import { testBroker } from '../broker/test-broker';
import {
  dropAndClose,
  silentLogger,
  testConnection,
  testDatabaseUri,
  testServers,
  type TestServers,
  uniqueName,
} from '../test-servers';
import { TEST_JWT_KEY } from './credentials';

/** A new id. */
export function newId(): string {
  return new Types.ObjectId().toHexString();
}

/** The `meta` of a new event. */
export function newMeta(): EventMeta {
  return { id: randomUUID(), occurredAt: new Date().toISOString() };
}

export interface TestInstance extends RunningService {
  readonly url: string;
}

export interface TestStart extends Pick<ServiceOverrides, 'clock' | 'logger'> {
  /** Added to the environment that points at the test servers. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * One database and one set of channels of the test servers, and any number of instances of the real service on them.
 */
export class TestBed {
  private readonly instances: TestInstance[] = [];
  private readonly watched = new Map<Subject, EventOf<Subject>[]>();

  private constructor(
    readonly databaseUri: string,
    readonly channelPrefix: string,
    private readonly servers: TestServers,
    readonly connection: Connection,
    private readonly broker: Awaited<ReturnType<typeof testBroker>>,
  ) {}

  /** @param servers given by a test that has its own, to take them away, or to have channels without a prefix there */
  static async open(servers: TestServers = testServers(), channelPrefix = `${uniqueName()}.`): Promise<TestBed> {
    const databaseUri = testDatabaseUri(undefined, servers);
    const [connection, broker] = await Promise.all([
      testConnection(databaseUri),
      testBroker(channelPrefix, undefined, servers),
    ]);
    return new TestBed(databaseUri, channelPrefix, servers, connection, broker);
  }

  /** The default environment of an instance. */
  env(): NodeJS.ProcessEnv {
    const { natsUrl, natsClusterId, engine = 'streaming' } = this.servers;
    return {
      PORT: '0',
      MONGO_URI: this.databaseUri,
      BROKER: engine,
      NATS_URL: natsUrl,
      NATS_CLUSTER_ID: natsClusterId,
      JWT_KEY: TEST_JWT_KEY,
      RATE_LIMIT_PER_MINUTE: '0', // a test may be one user with a thousand requests
      LOG_LEVEL: 'silent',
    };
  }

  async start<Shape extends ConfigShape>(
    service: (config: Config<Shape>, overrides: ServiceOverrides) => Promise<RunningService>,
    shape: Shape,
    { env, ...overrides }: TestStart = {},
  ): Promise<TestInstance> {
    const config = loadConfig(shape, { ...this.env(), ...env });
    const { channelPrefix } = this;
    const running = await service(config, { logger: silentLogger(), ...overrides, channelPrefix });
    const instance = { ...running, url: `http://127.0.0.1:${running.port}` };
    this.instances.push(instance);
    return instance;
  }

  async publish<S extends Subject>(subject: S, event: EventOf<S>): Promise<void> {
    await this.publishAcked(subject, event);
  }

  /** The same, and what the broker said. */
  publishAcked<S extends Subject>(subject: S, event: EventOf<S>): Promise<PublishAck> {
    return this.broker.publish(subject, encodeEvent(subject, event), { aggregate: event.id });
  }

  /** All present and future events of the channel, each once and in order, as a separate group sees them. */
  events<S extends Subject>(subject: S): readonly EventOf<S>[] {
    const known = this.watched.get(subject);
    if (known) return known as EventOf<S>[];
    const seen: EventOf<S>[] = [];
    const sequences = new Set<number>();
    this.watched.set(subject, seen);
    this.broker.consume(subject, { group: uniqueName(), ackWaitMs: 30_000, maxInFlight: 10_000 }, (message) => {
      const decoded = decodeEvent(subject, message);
      if (!decoded.ok) throw new Error(`on ${subject}: ${decoded.message}`);
      if (!(message.redelivered && sequences.has(message.sequence))) seen.push(decoded.event);
      sequences.add(message.sequence);
      message.ack();
    });
    return seen;
  }

  /** Whether a channel that is watched had something that is no event: `close` throws it. */
  get failed(): boolean {
    return this.broker.failed;
  }

  /** Stops what runs and removes the database. @throws an error about what `events` could not read */
  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.stop()));
    try {
      await this.broker.close();
    } finally {
      await dropAndClose(this.connection);
    }
  }
}
