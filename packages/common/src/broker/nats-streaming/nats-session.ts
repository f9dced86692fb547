import { once, setMaxListeners } from 'node:events';
import {
  connect as connectStan,
  type Message as StanMessage,
  type Stan,
  type Subscription as StanSubscription,
} from 'node-nats-streaming';
import { BROKER_WAITS } from '../../runtime/policies';
import { payloadOf } from '../../events/stored-message';
import { ENGINE_NAMES } from '../engines';
import type { EngineSession } from '../engine-client';
import type { ConsumeOptions, Message, Position, PublishAck } from '../port';
import { channelEdge, type Edge } from './channel-edge';
import { connectOnce, type NatsClient, reconnectFromNowOn } from './nats-client';
import { NoAnswerError, NotConnectedError, RefusedError } from '../errors';
import type { NatsClientOptions } from '../nats-url';
import {
  answered,
  closeSubscription,
  openSubscription,
  type Patience,
  type StanConsumeOptions,
} from './stan-subscription';

/** Its name for people. */
export const ENGINE = ENGINE_NAMES.streaming;

export interface NatsSessionOptions {
  /** The first server, and the others of its cluster for when it is lost. */
  readonly server: NatsClientOptions;
  readonly clusterId: string;
  readonly clientId: string;
  /**
   * A ping every `pingIntervalMs` (ms, whole seconds); the server counts as dead after `maxPingsOut` unanswered ones.
   */
  readonly pingIntervalMs: number;
  readonly maxPingsOut: number;
  /** How long to wait for the server to connect, subscribe, and ack a publish (ms). */
  readonly timeoutMs: number;
}

/**
 * The life of one NATS Streaming client, from connect to lost. A client that lost its connection is finished, and the
 * broker makes a new one. The TCP connection below it reconnects by itself after a short cut, and the client goes on if
 * the server still knows it; the pings find out (node-nats-streaming, "Client Pings").
 */
export class NatsSession implements EngineSession {
  private downAt: Date | undefined;
  private cutCount = 0;
  /** Resolves with the reason when this client is finished. */
  readonly lost: Promise<Error>;
  /** Aborts as soon as this client is finished. */
  readonly over: AbortSignal;
  /** Resolves when it has left the server as far as possible. */
  private readonly ended: Promise<void>;

  private constructor(
    private readonly stan: Stan,
    nats: NatsClient,
    private readonly options: NatsSessionOptions,
  ) {
    nats.on('disconnect', () => {
      this.downAt ??= new Date();
      this.cutCount += 1;
    });
    nats.on('reconnect', () => (this.downAt = undefined));
    const over = new AbortController();
    this.over = over.signal;
    setMaxListeners(0, this.over); // one for each request without an answer, removed with it
    this.lost = new Promise((resolve) => {
      this.fail = (reason) => {
        over.abort();
        resolve(reason);
      };
    });
    stan.on('connection_lost', (error?: unknown) => this.fail(toError(error, 'connection lost')));
    nats.on('close', () => this.fail(new Error('connection closed')));
    this.ended = this.lost.then(() => this.leave(nats));
  }

  private fail: (reason: Error) => void = () => undefined;

  /** @throws Error with the message of the server or the network when there is no session within `timeoutMs` */
  static open(options: NatsSessionOptions): Promise<NatsSession> {
    const nats = connectOnce(options.server);
    return new Promise((resolve, reject) => {
      const giveUp = (error: unknown) => {
        clearTimeout(timer);
        nats.close();
        reject(toError(error, 'cannot connect'));
      };
      const timer = setTimeout(() => giveUp(new Error(`no answer within ${options.timeoutMs} ms`)), options.timeoutMs);
      const stan = connectStan(options.clusterId, options.clientId, {
        nc: nats,
        connectTimeout: options.timeoutMs,
        ackTimeout: options.timeoutMs,
        stanPingInterval: options.pingIntervalMs,
        stanMaxPingOut: options.maxPingsOut,
      });
      nats.once('close', () => giveUp(new Error('the connection was closed')));
      // This listener stays, because an 'error' event without a listener would end the process. After 'connect' it
      // changes nothing: the event comes with a disconnect or a lost connection, which are handled by name.
      let connected = false;
      stan.on('error', (error: unknown) => {
        if (!connected) giveUp(error);
      });
      stan.once('connect', () => {
        connected = true;
        clearTimeout(timer);
        reconnectFromNowOn(nats, options.server);
        resolve(new NatsSession(stan, nats, options));
      });
    });
  }

  isUp(): boolean {
    return this.up;
  }

  /** Since when it has no connection; undefined when it has one. */
  downSince(): Date | undefined {
    return this.downAt;
  }

  /** How often the connection below it was lost. Messages in flight at such a moment come only after the ack wait. */
  get cuts(): number {
    return this.cutCount;
  }

  private get patience(): Patience {
    return { withinMs: this.options.timeoutMs, over: this.over };
  }

  private get up(): boolean {
    return this.downAt === undefined;
  }

  /** @throws like `Broker.publish` */
  publish(channel: string, payload: string): Promise<PublishAck> {
    return new Promise((resolve, reject) => {
      if (!this.up) return reject(new NotConnectedError(ENGINE));
      this.stan.publish(channel, payload, (error) => {
        // A client that finishes first calls back, in part without an error, and then reports it.
        queueMicrotask(() => {
          if (!this.up || this.over.aborted) reject(new NotConnectedError(ENGINE));
          else if (typeof error === 'string' && error !== '') reject(new RefusedError(error));
          else if (error)
            reject(new NoAnswerError(`no ack from NATS Streaming (${toError(error, 'timeout').message})`));
          else resolve({});
        });
      });
    });
  }

  /** Subscribes on this client. @throws RefusedError; or anything else, which ends this client */
  async subscribe(
    channel: string,
    options: StanConsumeOptions,
    onMessage: (message: Message) => void,
  ): Promise<StanSubscription> {
    const take = (message: StanMessage) => onMessage(toMessage(message, () => this.up));
    try {
      return await openSubscription(this.stan, channel, options, take, this.patience);
    } catch (error) {
      this.failUnlessRefused(error, `cannot subscribe to ${channel}`);
      throw error;
    }
  }

  async consume(channel: string, options: ConsumeOptions, onMessage: (message: Message) => void) {
    const subscription = await this.subscribe(channel, options, onMessage);
    return () => closeSubscription(subscription, this.over);
  }

  /** See `Broker.forgetGroup`: when the last member unsubscribes, the position is deleted. @throws like `subscribe` */
  async forget(channel: string, group: string): Promise<void> {
    const member = await this.subscribe(channel, { group, ackWaitMs: 1_000, maxInFlight: 1 }, () => undefined);
    const gone = answered(member, 'unsubscribed', this.patience);
    member.unsubscribe();
    await gone.catch((error: unknown) => {
      this.failUnlessRefused(error, `cannot leave the group ${group}`);
      throw error;
    });
  }

  /** The oldest or newest message of a channel; undefined when it is empty. @throws as `Broker.extent` does */
  edge(which: Edge, channel: string): Promise<Position | undefined> {
    return channelEdge(this.stan, which, channel, this.patience);
  }

  /** The server may have this member without a listener here, which would swallow messages. */
  private failUnlessRefused(error: unknown, what: string): void {
    if (!this.up || !(error instanceof RefusedError)) this.fail(toError(error, what));
  }

  /** Tells the server that this client leaves, then closes the connection. Close its subscriptions first. */
  async close(): Promise<void> {
    this.fail(new Error('closed'));
    await this.ended;
  }

  /**
   * Tells the server, if possible, because a client that only disconnects stays a member of its groups until its
   * heartbeats fail. Also ends the pings, which would throw on a closed connection, and the publishes without an ack.
   */
  private async leave(nats: NatsClient): Promise<void> {
    const told = this.up
      ? once(this.stan, 'close', { signal: AbortSignal.timeout(BROKER_WAITS.leaveMs) })
      : Promise.resolve();
    this.downAt ??= new Date();
    this.stan.close();
    await told.catch(() => undefined);
    nats.close();
  }
}

function toMessage(message: StanMessage, isUp: () => boolean): Message {
  return {
    channel: message.getSubject(),
    sequence: message.getSequence(),
    storedAt: message.getTimestamp().getTime(),
    redelivered: message.isRedelivered(),
    payload: payloadOf(message.getRawData()),
    ack: () => {
      if (isUp()) message.ack();
    },
    retry: () => undefined, // the protocol has no negative ack: the ack wait passes
  };
}

function toError(error: unknown, fallback: string): Error {
  return error instanceof Error ? error : new Error(typeof error === 'string' && error !== '' ? error : fallback);
}
