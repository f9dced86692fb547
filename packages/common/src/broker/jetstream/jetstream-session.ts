import { setMaxListeners } from 'node:events';
import {
  jetstream,
  JetStreamApiCodes,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type MsgRequest,
  type PubAck,
  type StoredMsg,
} from '@nats-io/jetstream';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../../runtime/logger';
import { BROKER_WAITS } from '../../runtime/policies';
import { sleep, within } from '../../runtime/retry';
import type { EngineSession } from '../engine-client';
import { NoAnswerError, NotConnectedError, NotNowError, RefusedError } from '../errors';
import type { ConsumeOptions, Message, PublishAck, PublishOptions } from '../port';
import { ENGINE, isAnswer, portError } from './failures';
import { type GroupConsumer, needConsumer } from './group-consumer';
import { consumerOf, filterOf, STREAM, subjectOf } from './names';
import { connectToNats, type NatsConnectionSettings } from './nats-connection';
import { publishMessage } from './publish-message';
import { PulledSubscription } from './pull/pulled-subscription';
import { needStream, streamInfo } from './stream';
import type { StoreSafety } from './store-safety';
import type { StoreWatch } from './store-watch';

export interface JetStreamSessionOptions extends NatsConnectionSettings {
  readonly logger: Logger;
  readonly watch: StoreWatch;
  /** Whether to make a stream that is not there. */
  readonly mayCreate: boolean;
  readonly maxBytes: number | undefined;
  readonly safety: StoreSafety;
}

/** The client's type lacks the first message of a subject from a sequence on, which the server knows (ADR-31). */
export type MessageQuery = MsgRequest | { readonly seq: number; readonly next_by_subj: string };

const STREAM_GONE = 'the stream was deleted, or lost with its store';

/** The life of one connection, from connect to lost. */
export class JetStreamSession implements EngineSession {
  private readonly ending = new AbortController();
  private downAt: Date | undefined;
  private watching = false;
  private doubtedAt = 0;
  readonly denied = new Set<string>();
  /** Consumers of this client's members: one that is made again has lost the position of its group. */
  private readonly consumers = new Set<string>();
  /** Resolves with the reason when this client is finished. */
  readonly lost: Promise<Error>;
  /** Aborts as soon as this client is finished. */
  readonly over: AbortSignal = this.ending.signal;
  /** The stream, by the time of its creation. */
  store = '';
  readonly client: JetStreamClient;
  private readonly ended: Promise<unknown>;

  private constructor(
    readonly nats: NatsConnection,
    private readonly manager: JetStreamManager,
    private readonly options: JetStreamSessionOptions,
  ) {
    this.client = jetstream(nats, { timeout: options.timeoutMs });
    setMaxListeners(0, this.over); // one for each request without an answer, removed with it
    this.lost = new Promise((resolve) => {
      this.fail = (reason) => {
        this.downAt ??= new Date();
        this.ending.abort(reason);
        resolve(reason);
      };
    });
    void this.listen();
    void nats.closed().then((error) => this.fail(error ?? new Error('connection closed')));
    this.ended = this.lost.then(() => within(BROKER_WAITS.leaveMs, nats.close(), undefined));
  }

  fail: (reason: Error) => void = () => undefined;

  /** @throws RefusedError when the stream cannot be used; or the client's error when there is no connection in time */
  static async open(options: JetStreamSessionOptions): Promise<JetStreamSession> {
    const nats = await connectToNats(options);
    const manager = await jetstreamManager(nats, { checkAPI: false, timeout: options.timeoutMs });
    const session = new JetStreamSession(nats, manager, options);
    options.signal.addEventListener('abort', () => session.fail(new Error('closed')), { signal: session.over });
    try {
      const { logger, mayCreate, maxBytes } = options;
      const needs = { logger, mayCreate, maxBytes, inCluster: nats.info?.cluster !== undefined };
      const info = await session.ask((server) => needStream(server, needs));
      session.store = info.created;
      options.watch.see(info);
      void options.safety.check(info, session.over);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  get timeoutMs(): number {
    return this.options.timeoutMs;
  }

  isUp(): boolean {
    return !this.over.aborted && this.downAt === undefined;
  }

  downSince(): Date | undefined {
    return this.downAt;
  }

  /**
   * Makes requests. Rejects at once when this client is finished.
   * @throws NotConnectedError; NoAnswerError; RefusedError
   */
  async ask<T>(requests: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    if (this.over.aborted) throw new NotConnectedError(ENGINE);
    let lost: () => void = () => undefined;
    const finished = new Promise<never>((_, reject) => (lost = () => reject(this.reasonOfEnd())));
    this.over.addEventListener('abort', lost);
    try {
      return await Promise.race([requests(this.manager), finished]);
    } catch (error) {
      const reason = portError(error);
      if (reason instanceof NoAnswerError) void this.watchStore();
      throw reason;
    } finally {
      this.over.removeEventListener('abort', lost);
    }
  }

  private reasonOfEnd(): Error {
    return this.over.reason instanceof NoAnswerError ? this.over.reason : new NotConnectedError(ENGINE);
  }

  private async listen(): Promise<void> {
    for await (const status of this.nats.status()) {
      if (status.type === 'staleConnection') this.fail(new NoAnswerError('the server answers no pings'));
      else if (status.type === 'error') this.deny(status.error);
    }
  }

  /** Nobody waits for the answer to an ack, or to a request for messages, so a refusal comes only here. */
  private deny(error: Error): void {
    if (!(error instanceof errors.PermissionViolationError)) return;
    const subject = error.subject.replace(/^(\$JS\.ACK\.[^.]+\.[^.]+)\..*$/, '$1.>');
    if (this.denied.has(subject)) return;
    this.denied.add(subject);
    this.options.logger.error({ operation: error.operation, subject }, 'the user of this process lacks a permission');
  }

  /** A message that a stream holds, as its leader knows it. @throws what `ask` throws */
  message(query: MessageQuery, stream = STREAM): Promise<StoredMsg | null> {
    return this.ask((manager) => manager.streams.getMessage(stream, query));
  }

  /** @throws like `Broker.publish` */
  async publish(prefixed: string, payload: string, { id, aggregate }: PublishOptions = {}): Promise<PublishAck> {
    const subject = subjectOf(prefixed, aggregate);
    return publishMessage(this, { subject, payload, id });
  }

  /** Has a message stored, unless the server knows its id. @throws what `ask` throws */
  async keep(subject: string, payload: string, msgID?: string): Promise<PubAck> {
    const how = { ...(msgID !== undefined && { msgID }), expect: { streamName: STREAM } };
    const ack = await this.ask(() => this.client.publish(subject, payload, how));
    if (!ack.duplicate) this.options.watch.stored(ack.seq);
    return ack;
  }

  /**
   * A request that nobody answers, or not now, is one without a stream, or during an election. Looks once a second as
   * long as that may be so: a leader that has lost its majority says for a while that it leads. The broker counts as
   * away until the stream has a leader. After ten seconds this client is finished, so that a long outage is said like
   * any other.
   */
  private async watchStore(): Promise<void> {
    this.doubtedAt = performance.now();
    if (this.watching || this.store === '') return;
    this.watching = true;
    while (this.downAt !== undefined || performance.now() - this.doubtedAt < BROKER_WAITS.formerLeaderMs) {
      const led = this.checkStore().then(() => true);
      const isLed = await led.catch(() => false);
      if (this.over.aborted) return;
      if (isLed) this.downAt = undefined;
      else this.downAt ??= new Date();
      const isLong = this.downAt && Date.now() - this.downAt.getTime() >= BROKER_WAITS.electionMs;
      if (isLong) this.fail(new NoAnswerError('the stream has no leader'));
      await sleep(1_000, this.over).catch(() => undefined);
    }
    this.watching = false;
  }

  async consume(
    prefixed: string,
    options: ConsumeOptions,
    onMessage: (message: Message) => void,
    onRefused: () => void,
  ) {
    const { logger } = this.options;
    const { group, ackWaitMs } = options;
    const [consumer, subject] = [consumerOf(prefixed, group), filterOf(prefixed)];
    const need = async () => {
      const wasThere = this.consumers.has(consumer);
      if (wasThere) await this.checkStore();
      const isNew = await this.need({ name: consumer, subject, ackWaitMs });
      if (isNew && wasThere) logger.error({ consumer }, 'the consumer of a group was gone: it starts again');
      this.consumers.add(consumer);
    };
    const onNext = (message: Omit<Message, 'channel'>) => onMessage({ ...message, channel: prefixed });
    try {
      const pull = { ...options, consumer, logger, need, onMessage: onNext, onRefused };
      const pulled = await PulledSubscription.begin(this, pull);
      return () => pulled.close().finally(() => this.consumers.delete(consumer));
    } catch (error) {
      const isOfOneChannel = error instanceof RefusedError || error instanceof NotNowError;
      if (!isOfOneChannel) this.fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  /** Makes a consumer if there is none, and returns whether it has. */
  private async need(consumer: GroupConsumer): Promise<boolean> {
    try {
      return await this.ask((manager) => needConsumer(manager, consumer, this.options.logger));
    } catch (error) {
      if (isAnswer(error, JetStreamApiCodes.StreamNotFound)) this.fail(new Error(STREAM_GONE));
      throw error;
    }
  }

  /**
   * Checks that the stream is the one that this client was made with; otherwise the client is finished, and the next
   * one says so. @throws what `ask` throws
   */
  async checkStore(): Promise<void> {
    const info = await this.ask(streamInfo);
    if (info?.created === this.store) return;
    this.fail(new Error(STREAM_GONE));
    throw new NotConnectedError(ENGINE);
  }

  /** Closes the connection; the server forgets the requests of its members then. Idempotent. */
  async close(): Promise<void> {
    this.fail(new Error('closed'));
    await this.ended;
  }
}
