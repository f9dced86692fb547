import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import {
  jetstream,
  JetStreamApiCodes,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type MsgRequest,
  type StoredMsg,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../../runtime/logger';
import { BROKER_WAITS } from '../../runtime/policies';
import { sleep, within } from '../../runtime/retry';
import type { EngineSession } from '../engine-client';
import { NoAnswerError, NotConnectedError, RefusedError } from '../errors';
import type { ConsumeOptions, Message, PublishAck, PublishOptions } from '../port';
import { ENGINE, isAnswer, portError } from './failures';
import { type GroupConsumer, needConsumer } from './group-consumer';
import { consumerOf, filterOf, STREAM, subjectOf } from './names';
import { connectToNats, type NatsConnectionSettings } from './nats-connection';
import { PulledSubscription } from './pulled-subscription';
import { needStream, streamInfo } from './stream';
import type { StoreWatch } from './store-watch';

export interface JetStreamSessionOptions extends NatsConnectionSettings {
  readonly logger: Logger;
  readonly watch: StoreWatch;
}

/** The client's type lacks the first message of a subject from a sequence on, which the server knows (ADR-31). */
export type MessageQuery = MsgRequest | { readonly seq: number; readonly next_by_subj: string };

/** A message that the server calls a duplicate, and does not have, is published under another id so often. */
const OTHER_IDS = 3;
const STREAM_GONE = 'the stream was deleted, or lost with its store';

/** The life of one connection, from connect to lost. */
export class JetStreamSession implements EngineSession {
  private readonly ending = new AbortController();
  private downAt: Date | undefined;
  private checking = false;
  /** Resolves with the reason when this client is finished. */
  readonly lost: Promise<Error>;
  /** Aborts as soon as this client is finished. */
  readonly over: AbortSignal = this.ending.signal;
  /** The stream, by the time of its creation. */
  store = '';
  private readonly manager: JetStreamManager;
  private readonly client: JetStreamClient;
  private readonly ended: Promise<unknown>;

  private constructor(
    readonly nats: NatsConnection,
    manager: JetStreamManager,
    private readonly options: JetStreamSessionOptions,
  ) {
    this.manager = manager;
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
    try {
      const info = await session.ask((server) => needStream(server, nats.info?.cluster !== undefined));
      session.store = info.created;
      options.watch.see(info);
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
    return !this.over.aborted;
  }

  /** Since when it has no connection; undefined when it has one. */
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
      throw portError(error);
    } finally {
      this.over.removeEventListener('abort', lost);
    }
  }

  private reasonOfEnd(): Error {
    return this.over.reason instanceof NoAnswerError ? this.over.reason : new NotConnectedError(ENGINE);
  }

  private async listen(): Promise<void> {
    for await (const { type } of this.nats.status()) {
      if (type === 'staleConnection') this.fail(new NoAnswerError('the server answers no pings'));
    }
  }

  /** A message that the stream holds, as its leader knows it. @throws what `ask` throws */
  message(query: MessageQuery): Promise<StoredMsg | null> {
    return this.ask((manager) => manager.streams.getMessage(STREAM, query));
  }

  /**
   * An ack that says "duplicate" is no proof: the server remembers ids for two minutes, also of messages that were
   * purged meanwhile. So the message is looked up, and published under another id when it is not there.
   * @throws like `Broker.publish`
   */
  async publish(prefixed: string, payload: string, { id, aggregate }: PublishOptions = {}): Promise<PublishAck> {
    const subject = subjectOf(prefixed, aggregate);
    for (let attempt = 0, msgID = id && messageId(id); attempt <= OTHER_IDS; attempt += 1) {
      const how = { ...(msgID !== undefined && { msgID }), expect: { streamName: STREAM } };
      const { seq, duplicate } = await this.ask(() => this.client.publish(subject, payload, how)).catch(
        (error: Error) => {
          if (error instanceof NoAnswerError) void this.checkSoon();
          throw error;
        },
      );
      if (!duplicate) {
        this.options.watch.stored(seq);
        return { sequence: seq };
      }
      const held = await this.message({ seq });
      if (held?.subject === subject && held.header.get('Nats-Msg-Id') === msgID) return { sequence: seq, duplicate };
      msgID = `${msgID}/${seq}`;
    }
    throw new NoAnswerError(`${ENGINE} calls a message a duplicate that it does not have`);
  }

  /** A publish that nobody takes is one without a stream, or during an election. Looks at most once a second. */
  private async checkSoon(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    await this.checkStore().catch(() => undefined);
    await sleep(1_000, this.over).catch(() => undefined);
    this.checking = false;
  }

  async consume(prefixed: string, options: ConsumeOptions, onMessage: (message: Message) => void) {
    const { group, ackWaitMs } = options;
    const [consumer, subject] = [consumerOf(prefixed, group), filterOf(prefixed)];
    let made = false;
    const need = async () => {
      if (made) await this.checkStore();
      const isNew = await this.need({ name: consumer, subject, ackWaitMs });
      if (isNew && made) this.options.logger.error({ consumer }, 'the consumer of a group was gone: it starts again');
      made = true;
    };
    const onNext = (message: Omit<Message, 'channel'>) => onMessage({ ...message, channel: prefixed });
    try {
      const { logger } = this.options;
      const pulled = await PulledSubscription.begin(this, { ...options, consumer, logger, need, onMessage: onNext });
      return () => pulled.close();
    } catch (error) {
      if (!(error instanceof RefusedError)) this.fail(error instanceof Error ? error : new Error(String(error)));
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

/** A short name for an id of any length and letters, as the value of a header. */
function messageId(id: string): string {
  return /^[\x21-\x7e]{1,200}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
