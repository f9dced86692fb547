import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { type Connection, Types } from 'mongoose';
import { type Config, type ConfigShape, loadConfig } from './config';
import type { EventMeta, EventOf, Subject } from './events/contracts';
import { decodeEvent, encodeEvent } from './events/contracts';
import { signToken } from './http/token';
import type { RunningService, ServiceOverrides } from './service';
import {
  dropAndClose,
  silentLogger,
  testBus,
  testConnection,
  testDatabaseUri,
  testServers,
  type TestServers,
  uniqueName,
} from './testing';

export {
  answeredOtherwise,
  HOSTILE_FIELDS,
  HOSTILE_IDS,
  HOSTILE_QUERIES,
  HOSTILE_TAGS,
  HOSTILE_VALUES,
  hostileCredentials,
} from './hostile-input';
export { type Cost, costOf } from './request-cost';

export const TEST_JWT_KEY = 'a-key-that-only-tests-use-0123456789';

/** A token of a user whose id is this name. */
export function testToken(userId: string): string {
  return signToken({ id: userId, email: `${userId}@example.com` }, TEST_JWT_KEY);
}

/** Headers of callers who are not signed in, each by another fault, named for `test.each`. */
export function badCredentials(): [string, Record<string, string>][] {
  const user = { id: 'alice', email: 'alice@example.com' };
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const cookie = (text: string) => ({ Cookie: `session=${text}` });
  const wrongKey = signToken(user, 'another-key-than-the-one-that-tests-use');
  const expired = signToken(user, TEST_JWT_KEY, { expiresInSeconds: -60 });
  return [
    ['nothing', {}],
    ['a token that is none', bearer('nonsense')],
    ['a token whose content is not JSON', bearer(`${base64({ alg: 'HS256', typ: 'JWT' })}.bm90anNvbg.abc`)],
    ['a token signed with a wrong key', bearer(wrongKey)],
    ['an expired token', bearer(expired)],
    ['a token with alg none', bearer(`${base64({ alg: 'none', typ: 'JWT' })}.${base64(user)}.`)],
    ['a token signed by another algorithm', bearer(jwt.sign(user, TEST_JWT_KEY, { algorithm: 'HS512' }))],
    ['a token without an email', bearer(jwt.sign({ id: user.id }, TEST_JWT_KEY))],
    ['another scheme', { Authorization: `Basic ${testToken('alice')}` }],
    ['a cookie that is not base64', cookie('%%%')],
    ['a cookie that is not JSON', cookie(Buffer.from('not json').toString('base64'))],
    ['a cookie without a token', cookie(base64({ other: 1 }))],
    ['a cookie with an expired token', cookie(base64({ jwt: expired }))],
    ['a cookie with a token signed with a wrong key', cookie(base64({ jwt: wrongKey }))],
    ['a bad bearer beside a good cookie', { ...bearer(wrongKey), ...sessionCookie('alice') }],
  ];
}

/** The cookie-session cookie of a user. */
export function sessionCookie(userId: string): { Cookie: string } {
  return { Cookie: `session=${Buffer.from(JSON.stringify({ jwt: testToken(userId) })).toString('base64')}` };
}

/** An id that nothing has. */
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
  /** Over the environment that points at the test servers. */
  readonly env?: NodeJS.ProcessEnv;
}

/** One database and one set of channels of the test servers, and the real service on them, as many instances as wanted. */
export class TestBed {
  private readonly instances: TestInstance[] = [];
  private readonly watched = new Map<Subject, EventOf<Subject>[]>();

  private constructor(
    readonly databaseUri: string,
    readonly channelPrefix: string,
    private readonly servers: TestServers,
    readonly connection: Connection,
    private readonly bus: Awaited<ReturnType<typeof testBus>>,
  ) {}

  /** @param servers given by a test that has its own, to take them away, or to have channels without a prefix there */
  static async open(servers = testServers(), channelPrefix = `${uniqueName()}.`): Promise<TestBed> {
    const databaseUri = testDatabaseUri(undefined, servers);
    const [connection, bus] = await Promise.all([
      testConnection(databaseUri),
      testBus(channelPrefix, undefined, servers),
    ]);
    return new TestBed(databaseUri, channelPrefix, servers, connection, bus);
  }

  /** What the environment of an instance is unless it is told otherwise. */
  env(): NodeJS.ProcessEnv {
    const { natsUrl, natsClusterId } = this.servers;
    return {
      PORT: '0',
      MONGO_URI: this.databaseUri,
      NATS_URL: natsUrl,
      NATS_CLUSTER_ID: natsClusterId,
      JWT_KEY: TEST_JWT_KEY,
      RATE_LIMIT_PER_MINUTE: '0', // a test may be one user who asks a thousand times
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
    await this.bus.publish(subject, encodeEvent(subject, event));
  }

  /** All events that the channel has and will have, in order, as a plain group of its own sees them. */
  events<S extends Subject>(subject: S): readonly EventOf<S>[] {
    const known = this.watched.get(subject);
    if (known) return known as EventOf<S>[];
    const seen: EventOf<S>[] = [];
    this.watched.set(subject, seen);
    this.bus.subscribe(subject, { queueGroup: uniqueName(), ackWaitMs: 30_000, maxInFlight: 10_000 }, (message) => {
      const decoded = decodeEvent(subject, message);
      if (!decoded.ok) throw new Error(`on ${subject}: ${decoded.message}`);
      seen.push(decoded.event);
      message.ack();
    });
    return seen;
  }

  /** Whether a channel that is watched had something that is no event: `close` throws it. */
  get failed(): boolean {
    return this.bus.failed;
  }

  /** Stops what runs and removes the database. @throws what `events` could not read */
  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.stop()));
    try {
      await this.bus.close();
    } finally {
      await dropAndClose(this.connection);
    }
  }
}
