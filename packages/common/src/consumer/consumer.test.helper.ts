import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Connection, Types } from 'mongoose';
import { type AnyEvent, encodeEvent, type EventMeta, type EventOf, type Subject } from '../events/contracts';
import { databaseNow } from '../mongo/database';
import { createLogger, type Logger } from '../runtime/logger';
import { createMetrics, type Metrics } from '../runtime/metrics';
import {
  dropAndClose,
  silentLogger,
  type TestBroker,
  testBroker,
  testConnection,
  uniqueName,
  waitFor,
} from '@ticketing/testing';
import { within } from '../runtime/retry';
import type { EventOutcome } from '../runtime/metrics';
import type { Broker } from '../broker/port';
import { Consumer, type ConsumerSettings } from './consumer';
import { Inbox, type InboxDependencies } from './inbox';
import type { Listener } from './listener';
import { type Replica, replica, type ReplicaDocument, waitingIn } from './replica';

export type TicketEvent = EventOf<'ticket:updated'>;

export const newId = (): string => new Types.ObjectId().toHexString();

/** The event of a ticket at this version. */
export function ticketEvent(id: string, version: number, meta: Partial<EventMeta> = {}): TicketEvent {
  const fullMeta = { id: randomUUID(), occurredAt: new Date().toISOString(), ...meta };
  return { id, version, title: `title ${version}`, price: version * 10, userId: 'u1', meta: fullMeta };
}

export interface Copy {
  _id: Types.ObjectId;
  version: number;
  title: string;
  price: number;
  /** Every version that was written, in the order of the writes. */
  history: number[];
}

const COPIES = 'copies';

/** The documents of a replica, read directly. */
export class Copies {
  constructor(readonly connection: Connection) {}

  /** Undefined when there is none, or only a placeholder. */
  async versionOf(id: string): Promise<number | undefined> {
    return (await this.find(id))?.version;
  }

  async find(id: string): Promise<Copy | null> {
    return this.copies.findOne({ _id: new Types.ObjectId(id), version: { $gte: 0 } });
  }

  all(): Promise<Copy[]> {
    return this.copies.find({ version: { $gte: 0 } }).toArray();
  }

  /** Writes a version like a process that dies right after that. */
  async write(id: string, version: number): Promise<void> {
    const { title, price } = ticketEvent(id, version);
    const update = { $set: { version, title, price }, $push: { history: version } };
    await this.copies.updateOne({ _id: new Types.ObjectId(id) }, update, { upsert: true });
  }

  get documents() {
    return this.connection.collection<ReplicaDocument>(COPIES);
  }

  private get copies() {
    return this.connection.collection<Copy>(COPIES);
  }
}

/**
 * A replica like that of a service, which records each version that it writes.
 * @param before called and awaited before each attempt to apply an event
 */
export function inOrder(
  subjects: Subject | readonly Subject[],
  before: (event: TicketEvent) => unknown = () => undefined,
): Replica {
  return replica({
    subjects: [subjects].flat() as 'ticket:updated'[],
    collection: COPIES,
    async state(event) {
      await before(event);
      const { title, price } = event;
      return { title, price };
    },
    push: ({ version }) => ({ history: version }),
  });
}

/**
 * The mechanism of one member, without messages: it handles a version of an aggregate, in a message of at least `bytes`.
 * @param deps parts to replace
 */
export function inboxOn(connection: Connection, deps: Partial<InboxDependencies> = {}) {
  const inbox = new Inbox({
    ...{ replica: inOrder('ticket:updated'), documents: new Copies(connection).documents },
    ...{ databaseNow: () => databaseNow(connection), retryAfterMs: 1_000, logger: silentLogger() },
    failureHandler: { handle: (_origin, _payload, error) => rethrow(error) },
    count: () => undefined,
    ...deps,
  });
  return (id: string, version: number, meta: Partial<EventMeta> = {}, bytes = 0) => {
    const event = ticketEvent(id, version, meta);
    const origin = { group: 'group', channel: 'ticket:updated', sequence: version + 1, storedAt: 1 };
    const payload = encodeEvent('ticket:updated', event).padEnd(bytes);
    return inbox.take({ subject: 'ticket:updated', event, origin, payload });
  };
}

function rethrow(error: unknown): never {
  throw error;
}

/** The server's shortest ack wait. */
export const REDELIVERED_SOON = { ackWaitMs: 1_000 } as const;

export type LogLine = Record<string, unknown> & { msg: string };

export interface ConsumerOverrides {
  readonly broker?: Broker;
  readonly connection?: Connection;
  readonly group?: string;
  readonly settings?: Partial<ConsumerSettings>;
}

/** One database, one set of channels, one group, and any number of members. */
export class Bench {
  readonly metrics: Metrics = createMetrics('test');
  readonly group = uniqueName('group-');
  readonly replica: Copies;
  private readonly consumers: Consumer[] = [];

  private constructor(
    readonly broker: Broker,
    readonly connection: Connection,
    readonly logger: Logger,
    readonly lines: readonly LogLine[],
  ) {
    this.replica = new Copies(connection);
  }

  /** On the shared test servers, unless it gets its own. */
  static async open(
    own: { broker?: (logger: Logger) => Broker | Promise<Broker>; connection?: Connection } = {},
  ): Promise<Bench> {
    const lines: LogLine[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) };
    const logger = createLogger({ name: 'test', level: 'debug', destination });
    const connection = own.connection ?? (await testConnection());
    return new Bench(await (own.broker?.(logger) ?? testBroker()), connection, logger, lines);
  }

  /**
   * A member of the group. No message comes twice by being slow; for one that is to come again set REDELIVERED_SOON.
   */
  async consumer(listeners: readonly Listener[], overrides: ConsumerOverrides = {}): Promise<Consumer> {
    const broker = overrides.broker ?? this.broker;
    const consumer = await Consumer.start({
      broker,
      connection: overrides.connection ?? this.connection,
      queueGroup: overrides.group ?? this.group,
      listeners,
      settings: {
        ...{ ackWaitMs: 60_000, maxInFlight: 64, concurrency: 16, maxAttempts: 3 },
        ...{ gapPatienceMs: 60_000, sweepMs: 50 },
        ...overrides.settings,
      },
      logger: this.logger,
      metrics: this.metrics,
    });
    this.consumers.push(consumer);
    // A broker that is away, or refuses, is not waited for.
    if ('subscribed' in broker) await within(30_000, (broker as TestBroker).subscribed(), undefined);
    return consumer;
  }

  async publish(subject: Subject, ...events: AnyEvent[]): Promise<void> {
    const publish = (event: AnyEvent) =>
      this.broker.publish(subject, encodeEvent(subject, event as never), { aggregate: event.id });
    await Promise.all(events.map(publish));
  }

  /** The sequences of the channel's messages, in their order. */
  async sequences(subject: Subject): Promise<number[]> {
    const sequences: number[] = [];
    for await (const { sequence } of this.broker.readAll(subject)) sequences.push(sequence);
    return sequences;
  }

  /** How often each outcome was counted, over all members and subjects. */
  async outcomes(): Promise<Partial<Record<EventOutcome, number>>> {
    const totals: Partial<Record<EventOutcome, number>> = {};
    for (const { labels, value } of (await this.metrics.eventsConsumed.get()).values) {
      const outcome = labels.outcome as EventOutcome;
      if (value > 0) totals[outcome] = (totals[outcome] ?? 0) + value; // they begin at 0
    }
    return totals;
  }

  /** Waits before it compares, because a count follows its write a moment later. */
  async outcomesAre(expected: Partial<Record<EventOutcome, number>>): Promise<void> {
    await waitFor(async () => isDeepStrictEqual(await this.outcomes(), expected)).catch(() => undefined);
    expect(await this.outcomes()).toEqual(expected);
  }

  async count(outcome: EventOutcome): Promise<number> {
    return (await this.outcomes())[outcome] ?? 0;
  }

  /** Messages with an outcome that is acked. */
  async acked(): Promise<number> {
    const { applied = 0, seen = 0, parked = 0, 'dead-lettered': dead = 0 } = await this.outcomes();
    return applied + seen + parked + dead;
  }

  async parkedCount(): Promise<number> {
    const waiting = await waitingIn(this.replica.documents).toArray();
    return waiting.reduce((sum, { parked }) => sum + parked.length, 0);
  }

  async parkedIs(count: number): Promise<void> {
    await waitFor(async () => (await this.parkedCount()) === count, { what: `${count} parked events` });
  }

  async versionIs(id: string, version: number): Promise<void> {
    await waitFor(async () => (await this.replica.versionOf(id)) === version, { what: `version ${version}` });
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.drain()));
    await this.broker.close();
    await dropAndClose(this.connection);
  }
}
