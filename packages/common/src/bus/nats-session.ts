import { once } from 'node:events';
import {
  connect as connectStan,
  type Message as StanMessage,
  type Stan,
  type Subscription as StanSubscription,
} from 'node-nats-streaming';
import { payloadOf } from '../events/stored-message';
import { sleep } from '../retry';
import { type Message, NotConnectedError, type SubscriptionOptions } from './bus';
import { connectOnce, type NatsClient, reconnectFromNowOn } from './nats-client';
import type { NatsClientOptions } from './nats-url';

type Place = Pick<Message, 'sequence' | 'storedAt'>;

export interface NatsSessionOptions {
  /** The server to begin with, and the others of its cluster for when it is lost. */
  readonly server: NatsClientOptions;
  readonly clusterId: string;
  readonly clientId: string;
  /** A ping each `pingIntervalMs` (ms, whole seconds); the server counts as dead after `maxPingsOut` unanswered ones. */
  readonly pingIntervalMs: number;
  readonly maxPingsOut: number;
  /** How long to wait for the server to connect, subscribe, and ack what was published (ms). */
  readonly timeoutMs: number;
}

/** The server has said nothing: what it was asked may or may not have happened. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** How long the server may take to answer that a subscription or a client leaves (ms). */
const LEAVE_WITHIN_MS = 1_000;

/**
 * The life of one NATS Streaming client, from connect to lost. A client that lost its connection is finished: the bus makes
 * a new one. The TCP connection below it reconnects by itself after a short cut, and the client lives on if the server
 * still knows it; the pings find out (node-nats-streaming, "Client Pings").
 */
export class NatsSession {
  private downAt: Date | undefined;
  /** Resolves with the reason when this client is finished. */
  readonly lost: Promise<Error>;
  /** Resolves when it has left the server as well as it could. */
  private readonly ended: Promise<void>;

  private constructor(
    private readonly stan: Stan,
    nats: NatsClient,
    private readonly options: NatsSessionOptions,
  ) {
    nats.on('disconnect', () => (this.downAt ??= new Date()));
    nats.on('reconnect', () => (this.downAt = undefined));
    this.lost = new Promise((resolve) => {
      stan.on('connection_lost', (error?: unknown) => resolve(toError(error, 'connection lost')));
      nats.on('close', () => resolve(new Error('connection closed')));
      this.fail = resolve;
    });
    this.ended = this.lost.then(() => this.leave(nats));
  }

  private fail: (reason: Error) => void = () => undefined;

  /** @throws Error with what the server or the network said when there is no session within `timeoutMs` */
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
      // Never removed: an 'error' event that nobody hears would end the process. After 'connect' it changes nothing; it
      // comes with a disconnect or a lost connection, which are handled by name.
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

  private get up(): boolean {
    return this.downAt === undefined;
  }

  publish(channel: string, payload: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.up) return reject(new NotConnectedError());
      // The client calls back without an error when the connection closes under an unacked publish: look at `up` too.
      this.stan.publish(channel, payload, (error) => {
        if (error) reject(toError(error, 'publish failed'));
        else if (this.up) resolve();
        else reject(new NotConnectedError());
      });
    });
  }

  /** Subscribes with manual acks, from the first message on; a group durably. Fails the whole session if the server refuses. */
  async subscribe(
    channel: string,
    options: SubscriptionOptions,
    onMessage: (message: Message) => void,
  ): Promise<StanSubscription> {
    try {
      const { queueGroup, ackWaitMs, maxInFlight } = options;
      const how = this.stan
        .subscriptionOptions()
        .setDeliverAllAvailable()
        .setManualAckMode(true)
        .setAckWait(Math.ceil(ackWaitMs / 1_000) * 1_000) // the protocol has whole seconds only
        .setMaxInFlight(maxInFlight);
      const subscription =
        queueGroup === undefined
          ? this.stan.subscribe(channel, how)
          : this.stan.subscribe(channel, queueGroup, how.setDurableName(queueGroup));
      subscription.on('message', (message: StanMessage) => onMessage(toMessage(message, () => this.up)));
      subscription.on('error', () => undefined); // without a listener an 'error' event would end the process
      await settled(subscription, 'ready', this.options.timeoutMs);
      return subscription;
    } catch (error) {
      this.fail(toError(error, `cannot subscribe to ${channel}`));
      throw error;
    }
  }

  /** The channel's oldest or newest message, by a plain subscription that takes one message and closes. */
  async edge(which: 'oldest' | 'newest', channel: string, waitMs: number): Promise<Place | undefined> {
    const options = this.stan.subscriptionOptions().setManualAckMode(true).setMaxInFlight(1);
    const from = which === 'oldest' ? options.setDeliverAllAvailable() : options.setStartWithLastReceived();
    const subscription = this.stan.subscribe(channel, from);
    const first = new Promise<Place>((resolve) => {
      subscription.once('message', (message: StanMessage) => {
        resolve({ sequence: message.getSequence(), storedAt: message.getTimestamp().getTime() });
      });
    });
    const answered = new AbortController();
    subscription.on('error', () => undefined);
    try {
      await settled(subscription, 'ready', this.options.timeoutMs);
      const over = sleep(waitMs, answered.signal).then(
        () => undefined,
        () => undefined,
      );
      return await Promise.race([first, over]);
    } finally {
      answered.abort(); // no timer is left to keep a process alive
      await this.end(subscription, 'close');
    }
  }

  /** Ends a subscription and waits for the server's answer; a connection that is gone has ended it already. */
  async end(subscription: StanSubscription, how: 'close' | 'unsubscribe'): Promise<void> {
    if (subscription.isClosed()) return;
    const ended = settled(subscription, how === 'close' ? 'closed' : 'unsubscribed', LEAVE_WITHIN_MS);
    subscription[how]();
    await ended.catch(() => undefined);
  }

  /** Tells the server that this client leaves, then closes the connection. Close its subscriptions before. */
  async close(): Promise<void> {
    this.fail(new Error('closed'));
    await this.ended;
  }

  /**
   * Tells the server, if it can be told: a client that only disconnects stays a member of its groups until its heartbeats
   * fail. Also ends the pings, which would throw on a closed connection, and the publishes that have no ack.
   */
  private async leave(nats: NatsClient): Promise<void> {
    const told = this.up
      ? once(this.stan, 'close', { signal: AbortSignal.timeout(LEAVE_WITHIN_MS) })
      : Promise.resolve();
    this.downAt ??= new Date();
    this.stan.close();
    await told.catch(() => undefined);
    nats.close();
  }
}

/** Has a time limit of its own, because a connection that is closed forgets its requests and their time limits. */
function settled(
  subscription: StanSubscription,
  event: 'ready' | 'closed' | 'unsubscribed',
  withinMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown) => {
      clearTimeout(timer);
      reject(toError(error, `${event} failed`));
    };
    const noAnswer = () => failed(new NoAnswerError(`no "${event}" from NATS Streaming`));
    const timer = setTimeout(noAnswer, withinMs);
    subscription.once(event, () => {
      clearTimeout(timer);
      resolve();
    });
    subscription.once('error', failed);
    subscription.once('timeout', noAnswer);
  });
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
  };
}

function toError(error: unknown, fallback: string): Error {
  return error instanceof Error ? error : new Error(typeof error === 'string' && error !== '' ? error : fallback);
}
