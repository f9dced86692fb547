import type { Connection } from 'mongoose';
import { databaseNow, isConnected } from '../mongo/database';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import { decodeEvent, type Subject } from '../events/contracts';
import type { Logger } from '../runtime/logger';
import type { Metrics } from '../runtime/metrics';
import type { Broker, Message, Subscription } from '../broker/port';
import { type ConsumerStores, consumerStores } from './consumer-stores';
import { backlogGauges, consumerGauges, countFromZero, flowGauges } from './consumer-gauges';
import { consumerSweep, type SweptReplica } from './consumer-sweep';
import { DatabaseGate } from './failures/database-gate';
import { type HandledChannel, messageHandler } from './handle-message';
import { HistoryWatch } from './history-watch';
import { Inbox } from './inbox';
import { channelsOf, keyOf, type Listener } from './listener';
import { originId, originOf } from './origin';
import { createInboxIndex, type Replica, type ReplicaDocument } from './replica';
import { makeIndexes } from '../mongo/index-conflict';
import type { Repeating } from '../runtime/repeating';
import type { Count } from './tell-outcome';
import { WorkQueue } from './work-queue';
import { messageFacts } from '../tracing/event-facts';

/** The limits of a consumer. All of them are configuration of a service. */
export interface ConsumerSettings {
  readonly ackWaitMs: number;
  readonly maxInFlight: number;
  /** Messages handled at the same time, over all channels of the group. */
  readonly concurrency: number;
  /** After this many failures of its handler a message becomes a dead letter. */
  readonly maxAttempts: number;
  /** How long (ms, the database's clock) a parked event waits for its predecessor before it is applied over the gap. */
  readonly gapPatienceMs: number;
  /** How often (ms) parked events and redriven dead letters are swept. */
  readonly sweepMs: number;
}

export interface ConsumerOptions {
  readonly broker: Broker;
  readonly connection: Connection;
  readonly queueGroup: string;
  readonly listeners: readonly Listener[];
  readonly settings: ConsumerSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * This process as a member of a queue group. Every listener goes through this mechanism. A failing message does not
 * crash the process, a message is acked only after its outcome is stored, and the consumer pauses while the database is
 * away.
 */
export class Consumer {
  private readonly queue: WorkQueue;
  private readonly gate: DatabaseGate;
  private readonly history: HistoryWatch;
  private readonly stopping = new AbortController();
  private readonly channels: ReadonlyMap<Subject, HandledChannel>;
  private readonly replicas: readonly SweptReplica[];
  private readonly sweep: Repeating;
  private subscriptions: Subscription[] = [];
  private ended: Promise<void> | undefined;

  private constructor(
    private readonly options: ConsumerOptions,
    private readonly stores: ConsumerStores,
  ) {
    const { broker, connection, queueGroup, listeners, settings, logger, metrics } = options;
    const replicas = new Map(listeners.filter(isReplica).map((replica) => [replica, this.inboxOf(replica)]));
    this.replicas = [...replicas.values()];
    const collections = new Set([...replicas.keys()].map(({ collection }) => collection));
    if (collections.size < replicas.size) throw new Error('a replica is one listener: two of them have one collection');
    const channels = listeners.flatMap((listener) => {
      const inbox = isReplica(listener) ? replicas.get(listener)?.inbox : undefined;
      return channelsOf(listener).map((channel) => {
        const handler = messageHandler(channel, inbox, stores, { logger, ackWaitMs: settings.ackWaitMs });
        return { listener: channel, handler };
      });
    });
    const subjects = channels.map(({ listener }) => listener.subject);
    const twice = subjects.find((subject, index) => subjects.indexOf(subject) < index);
    if (twice) throw new Error(`two listeners for ${twice}: one of them would get nothing`);
    this.channels = new Map(channels.map((channel) => [channel.listener.subject, channel]));
    this.queue = new WorkQueue({
      concurrency: settings.concurrency,
      letGoAfterMs: settings.ackWaitMs,
      capacity: settings.maxInFlight * subjects.length * 4,
    });
    this.gate = new DatabaseGate(connection, logger, this.stopping.signal);
    this.history = new HistoryWatch(broker, connection, queueGroup, subjects, logger, metrics);
    const inTurn = this.queue.inTurn.bind(this.queue);
    this.sweep = consumerSweep({
      ...{ connection, queueGroup, stores, logger, channels: this.channels, replicas: this.replicas, inTurn },
      count: this.count,
      ...{ gapPatienceMs: settings.gapPatienceMs, sweepMs: settings.sweepMs, retryAfterMs: settings.ackWaitMs },
      also: async () => {
        await this.history.flush();
        await this.history.checkNowAndThen();
      },
      onOutage: this.pause,
    });
  }

  /** Subscribes every listener. @throws the database's error when the consumer's own collections cannot be prepared */
  static async start(options: ConsumerOptions): Promise<Consumer> {
    const { connection, queueGroup, settings, logger, broker } = options;
    const consumer = new Consumer(options, await consumerStores(connection, settings.maxAttempts, logger));
    const documents = consumer.replicas.map((replica) => replica.documents);
    await makeIndexes(() => Promise.all(documents.map(createInboxIndex)));
    countFromZero([...consumer.channels.keys()], options.metrics);
    await consumer.history.load();
    const stopWatching = broker.onConnected(() => void consumer.history.check());
    if (broker.isConnected()) void consumer.history.check();
    consumer.subscriptions = [...consumer.channels.values()].map((channel) => consumer.subscribe(channel));
    const { deadLetters } = consumer.stores;
    const stopGauges = consumerGauges(queueGroup, { deadLetters, replicas: documents }, options.metrics);
    const { queue, gate } = consumer;
    const stopBacklog = backlogGauges(broker, queueGroup, [...consumer.channels.keys()], options.metrics);
    const stopFlow = flowGauges(queueGroup, { queue, gate }, options.metrics);
    consumer.stopping.signal.addEventListener('abort', () => {
      stopWatching();
      stopGauges();
      stopFlow();
      stopBacklog();
    });
    void consumer.sweep.now(); // a process that died may have left events that fit
    return consumer;
  }

  /**
   * Stops taking messages, waits until running ones are finished and acked, and closes the subscriptions; the position
   * stays.
   */
  drain(): Promise<void> {
    return (this.ended ??= this.end());
  }

  private async end(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.queue.drain(), this.sweep.stop()]);
    const flush = async () => {
      // This can be done later: a database that is away must not delay the end.
      if (await isConnected(this.options.connection)) await this.history.flush();
    };
    await Promise.all([flush(), ...this.subscriptions.map((subscription) => subscription.close())]);
  }

  private inboxOf(replica: Replica): SweptReplica {
    const { connection, settings, logger } = this.options;
    const documents = connection.collection<ReplicaDocument>(replica.collection);
    const inbox = new Inbox({
      ...{ replica, documents, databaseNow: () => databaseNow(connection), logger, count: this.count },
      ...{ failureHandler: this.stores.failureHandler, retryAfterMs: settings.ackWaitMs },
    });
    return { subjects: replica.subjects, documents, inbox };
  }

  private subscribe(channel: HandledChannel): Subscription {
    const { subject } = channel.listener;
    const { queueGroup: group, settings, broker } = this.options;
    const { ackWaitMs, maxInFlight } = settings;
    return broker.consume(subject, { group, ackWaitMs, maxInFlight }, (message) => this.take(channel, message));
  }

  private take({ listener, handler }: HandledChannel, message: Message): void {
    const { subject } = listener;
    const decoded = decodeEvent(subject, message);
    const origin = originOf(this.options.queueGroup, message);
    const id = originId(origin);
    const { logger } = this.options;
    if (logger.isLevelEnabled('debug')) logger.debug({ ...origin, ...messageFacts(message) }, 'delivered');
    this.queue.offer({
      id,
      key: keyOf(listener, decoded) ?? id,
      letGo: () => this.count(subject, 'let-go'),
      run: async () => {
        try {
          const { outcome, retryAfterMs } = await handler({ origin, payload: message.payload, decoded });
          this.count(subject, outcome, decoded.ok ? decoded.event : undefined);
          if (outcome === 'failed' || outcome === 'postponed') {
            message.retry(retryAfterMs);
            return 'done';
          }
          message.ack();
          this.history.passed(message);
          return 'done';
        } catch (error) {
          if (isDatabaseUnavailable(error)) {
            this.pause();
            return 'paused';
          }
          // The failure could not be recorded. No ack, so that nothing is lost.
          const facts = { subject, sequence: message.sequence, ...messageFacts(message) };
          logger.error({ err: error, ...facts }, 'could not record the failure of a message');
          return 'done';
        }
      },
    });
  }

  private readonly pause = (): void => {
    this.gate.close(
      () => this.queue.pause(),
      () => this.history.checkFromHere(),
      () => this.queue.resume(),
    );
  };

  private readonly count: Count = (subject, outcome, event) => {
    const { eventsConsumed, eventLag } = this.options.metrics;
    eventsConsumed.inc({ subject, outcome });
    // A snapshot has no lag: its state is older than the snapshot.
    if (!event || event.meta.snapshot || !(outcome === 'applied' || outcome === 'skipped')) return;
    eventLag.observe({ subject }, Math.max(0, Date.now() - Date.parse(event.meta.occurredAt)) / 1_000);
  };
}

function isReplica(listener: Listener): listener is Replica {
  return listener.ordering === 'in-order';
}
